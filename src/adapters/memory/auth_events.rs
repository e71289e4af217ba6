use std::{cmp::Reverse, collections::BTreeMap};

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{
        AddressKey, AuthEvent, AuthEventFilter, AuthEventId, AuthSummary, Outcome, Page,
        PageRequest, Position, SUMMARY_TOP, SummaryInterval, Timestamp,
    },
    ports::{AuthEvents, StorageError, SummarizeEventsError},
};

#[async_trait]
impl AuthEvents for MemoryStore {
    async fn list(
        &self,
        filter: &AuthEventFilter,
        page: &PageRequest<AuthEventId>,
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, StorageError> {
        let tables = self.tables();
        let matching = (tables.auth_log.rows()).filter(|(_, event)| filter.matches(event));
        Ok(page.of(matching.cloned(), position))
    }

    async fn summarize(
        &self,
        interval: &SummaryInterval,
        most: u64,
    ) -> Result<AuthSummary, SummarizeEventsError> {
        let tables = self.tables();
        let events = || (tables.auth_log.events()).filter(|event| interval.contains(event.at));
        let mut newest: Vec<_> = events().map(|event| event.at).collect();
        newest.sort_unstable_by_key(|at| Reverse(*at));
        let beyond = usize::try_from(most).ok().and_then(|most| newest.get(most));
        if let Some(after) = beyond.copied() {
            return Err(SummarizeEventsError::TooMany { after });
        }
        let counted = events().map(|event| (interval.bucket().start(event.at), event.outcome, 1));
        let failures = || events().filter(|event| event.outcome != Outcome::Success);
        let addresses = top(failures().map(|event| AddressKey::from(event.origin.address)));
        let users = top(failures().filter_map(|event| event.user));
        let addresses = addresses
            .into_iter()
            .map(|(key, events)| (key.into(), events));
        Ok(AuthSummary::new(
            interval,
            counted,
            addresses.collect(),
            users,
        ))
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        Ok((self.tables().auth_log).purge(before, limit, |event| event.at))
    }
}

fn position((id, event): &(AuthEventId, AuthEvent)) -> Position<AuthEventId> {
    Position {
        at: event.at,
        id: *id,
    }
}

/// What occurs most often, and how often.
fn top<T: Ord>(all: impl Iterator<Item = T>) -> Vec<(T, u64)> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_insert(0) += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    counts.truncate(SUMMARY_TOP);
    counts
}

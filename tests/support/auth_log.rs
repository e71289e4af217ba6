//! Events of the auth log, as tests write and read them.

use std::time::Duration;

use signet::{
    domain::{
        AuthEvent, AuthEventFilter, AuthEventId, AuthFailure, ClientAddress, PageRequest, PageSize,
        RequestOrigin, SessionId, Timestamp, UserId,
    },
    ports::{AuthEvents, AuthLog},
};
use uuid::Uuid;

use super::fixtures::{a_time, an_origin};

pub fn seconds(number: u64) -> Timestamp {
    a_time() + Duration::from_secs(number)
}

pub fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

pub fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(number))
}

/// Records a failure, and returns the event that it is.
pub async fn fail(
    log: &dyn AuthLog,
    at: Timestamp,
    address: &str,
    failure: AuthFailure,
) -> AuthEvent {
    let origin = RequestOrigin {
        address: ClientAddress::new(address.parse().unwrap()),
        ..an_origin()
    };
    let event = AuthEvent::failure(at, &origin, &failure);
    log.record_failure(at, &origin, failure).await.unwrap();
    event
}

/// All pages of a list, and how many there were.
pub async fn pages(
    events: &dyn AuthEvents,
    filter: &AuthEventFilter,
    size: u32,
) -> (Vec<(AuthEventId, AuthEvent)>, usize) {
    let mut page = PageRequest {
        size: PageSize::new(size).unwrap(),
        after: None,
    };
    let (mut all, mut count) = (Vec::new(), 0);
    loop {
        let part = events.list(filter, &page).await.unwrap();
        assert!(part.items.len() <= page.size.get());
        all.extend(part.items);
        count += 1;
        page.after = part.next;
        if page.after.is_none() {
            return (all, count);
        }
    }
}

/// All events that match, without their numbers.
pub async fn all(events: &dyn AuthEvents, filter: &AuthEventFilter) -> Vec<AuthEvent> {
    let (all, _) = pages(events, filter, 100).await;
    all.into_iter().map(|(_, event)| event).collect()
}

//! Reading the auth log and purging it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryStore,
    domain::{
        AuthEvent, AuthEventFilter, AuthEventId, AuthFailure, AuthSummary, Bucket, Page,
        PageRequest, Position, SessionId, SummaryInterval, Timestamp, TokenId,
    },
    ports::{AuthEvents, AuthLog, Clock, StorageError, SummarizeEventsError, UserRepo},
    usecases::auth_log::{
        ExportAuthEvents, ExportError, PurgeAuthEvents, SummarizeAuthEvents, SummarizeError,
        SummaryRequest,
    },
};
use uuid::Uuid;

use crate::support::{
    auth_log::{fail, seconds},
    clock::ManualClock,
    fixtures::{a_hash, an_act, an_origin, new_user},
    tokens::a_session,
};

const DAY: Duration = Duration::from_hours(24);

/// A log of so many old events, and of lists that find nothing for a while.
#[derive(Default)]
struct Heap {
    left: Mutex<u64>,
    limits: Mutex<Vec<u32>>,
    empty_parts: Mutex<u32>,
}

#[async_trait]
impl AuthEvents for Heap {
    async fn list(
        &self,
        _: &AuthEventFilter,
        _: &PageRequest<AuthEventId>,
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, StorageError> {
        let mut left = self.empty_parts.lock().unwrap();
        let next = (*left > 0).then(|| Position {
            at: seconds(0),
            id: i64::from(*left),
        });
        *left = left.saturating_sub(1);
        Ok(Page {
            items: Vec::new(),
            next,
        })
    }

    async fn summarize(
        &self,
        interval: &SummaryInterval,
        most: u64,
    ) -> Result<AuthSummary, SummarizeEventsError> {
        assert_eq!(most, SummarizeAuthEvents::MOST_EVENTS);
        Ok(AuthSummary::new(interval, [], Vec::new(), Vec::new()))
    }

    async fn purge(&self, _: Timestamp, limit: u32) -> Result<u64, StorageError> {
        self.limits.lock().unwrap().push(limit);
        let mut left = self.left.lock().unwrap();
        let purged = u64::from(limit).min(*left);
        *left -= purged;
        Ok(purged)
    }
}

#[tokio::test]
async fn an_event_is_kept_for_its_time_to_the_microsecond() {
    let store = Arc::new(MemoryStore::default());
    let clock = Arc::new(ManualClock::new());
    fail(&*store, clock.now(), "192.0.2.1", AuthFailure::UnknownUser).await;
    let purge = PurgeAuthEvents {
        auth_events: store.clone(),
        clock: clock.clone(),
        retention: DAY,
    };
    clock.advance(DAY);
    assert_eq!(purge.run().await.unwrap(), 0);
    clock.advance(Duration::from_micros(1));
    assert_eq!(purge.run().await.unwrap(), 1);
    assert!(store.auth_log().is_empty());
}

#[tokio::test]
async fn no_step_of_a_purge_deletes_more_than_a_thousand() {
    let heap = Arc::new(Heap {
        left: Mutex::new(2500),
        ..Heap::default()
    });
    let purge = PurgeAuthEvents {
        auth_events: heap.clone(),
        clock: Arc::new(ManualClock::new()),
        retention: DAY,
    };
    assert_eq!(purge.run().await.unwrap(), 2500);
    assert_eq!(*heap.limits.lock().unwrap(), [1000; 3]);
}

#[tokio::test]
async fn a_summary_is_of_the_last_day_by_the_hour_unless_told_otherwise() {
    let clock = Arc::new(ManualClock::new());
    let summarize = SummarizeAuthEvents {
        auth_events: Arc::new(Heap::default()),
        clock: clock.clone(),
    };
    let now = clock.now();
    let interval = async |from, to, bucket| {
        let (interval, _) = summarize
            .run(SummaryRequest { from, to, bucket })
            .await
            .unwrap();
        (interval.from(), interval.to(), interval.bucket())
    };
    assert_eq!(
        interval(None, None, None).await,
        (now - DAY, now, Bucket::Hour)
    );
    let earlier = now - DAY * 3;
    assert_eq!(
        interval(None, Some(earlier), None).await,
        (earlier - DAY, earlier, Bucket::Hour)
    );
    let since = interval(Some(earlier), None, Some(Bucket::Day)).await;
    assert_eq!(since, (earlier, now, Bucket::Day));
    let request = SummaryRequest {
        from: Some(now),
        ..SummaryRequest::default()
    };
    assert!(matches!(
        summarize.run(request).await,
        Err(SummarizeError::Interval(_))
    ));
}

/// An export for an admin who has just logged in.
async fn export() -> (ExportAuthEvents, Arc<MemoryStore>, SessionId) {
    let store = Arc::new(MemoryStore::default());
    let mut admin = new_user("ada", "ada@example.com");
    admin.roles = "admin".parse().unwrap();
    store.register(&admin, &an_act()).await.unwrap();
    let session = a_session(1, admin.id);
    let success = signet::domain::AuthSuccess {
        session: session.clone(),
        kid: "kid".parse().unwrap(),
        jti: TokenId::new(Uuid::nil()),
        verified: a_hash(),
        rehash: None,
    };
    store
        .record_success(seconds(0), &an_origin(), &success)
        .await
        .unwrap();
    let export = ExportAuthEvents {
        auth_events: store.clone(),
        sessions: store.clone(),
        clock: Arc::new(ManualClock::new()),
    };
    (export, store, session.id)
}

#[tokio::test]
async fn an_admin_who_is_none_any_more_may_not_read_on() {
    let (export, store, session) = export().await;
    let any = AuthEventFilter::default();
    assert_eq!(
        export.run(session, &any, None).await.unwrap().items.len(),
        1
    );
    store.set_status(
        store.auth_log()[0].user.unwrap(),
        signet::domain::AccountStatus::Disabled,
    );
    let refused = export.run(session, &any, None).await;
    assert!(matches!(refused, Err(ExportError::NotAllowed)));
}

#[tokio::test]
async fn an_export_passes_over_parts_without_events() {
    let (export, _, session) = export().await;
    let heap = Arc::new(Heap {
        empty_parts: Mutex::new(3),
        ..Heap::default()
    });
    let export = ExportAuthEvents {
        auth_events: heap.clone(),
        ..export
    };
    let part = export
        .run(session, &AuthEventFilter::default(), None)
        .await
        .unwrap();
    assert!(part.items.is_empty() && part.next.is_none());
    assert_eq!(*heap.empty_parts.lock().unwrap(), 0);
}

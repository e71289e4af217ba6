//! Purging the audit log.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryStore,
    domain::{Act, AuditEvent, AuditEventId, AuditFilter, Page, PageRequest, PageSize, Timestamp},
    ports::{AuditLog, Clock, StorageError, UserRepo},
    usecases::audit::PurgeAuditEvents,
};

use crate::support::{
    clock::ManualClock,
    fixtures::{an_act, new_user},
};

const DAY: Duration = Duration::from_hours(24);

/// A log of so many old events.
struct Heap {
    left: Mutex<u64>,
    limits: Mutex<Vec<u32>>,
}

#[async_trait]
impl AuditLog for Heap {
    async fn list(
        &self,
        _: &AuditFilter,
        _: &PageRequest<AuditEventId>,
    ) -> Result<Page<(AuditEventId, AuditEvent), AuditEventId>, StorageError> {
        Err(StorageError::unavailable("nobody asks"))
    }

    async fn purge(&self, _: Timestamp, limit: u32) -> Result<u64, StorageError> {
        self.limits.lock().unwrap().push(limit);
        let mut left = self.left.lock().unwrap();
        let deleted = u64::from(limit).min(*left);
        *left -= deleted;
        Ok(deleted)
    }
}

#[tokio::test]
async fn no_step_of_a_purge_deletes_more_than_a_thousand() {
    let heap = Arc::new(Heap {
        left: Mutex::new(2500),
        limits: Mutex::default(),
    });
    let purge = PurgeAuditEvents {
        audit_log: heap.clone(),
        clock: Arc::new(ManualClock::new()),
        retention: DAY,
    };
    assert_eq!(purge.run().await.unwrap(), 2500);
    assert_eq!(*heap.limits.lock().unwrap(), [1000; 3]);
}

#[tokio::test]
async fn an_event_is_kept_for_its_time_to_the_microsecond() {
    let store = Arc::new(MemoryStore::default());
    let clock = Arc::new(ManualClock::new());
    let act = Act {
        at: clock.now(),
        ..an_act()
    };
    let ada = new_user("ada", "ada@example.com");
    store.register(&ada, &act).await.unwrap();
    let purge = PurgeAuditEvents {
        audit_log: store.clone(),
        clock: clock.clone(),
        retention: DAY,
    };
    clock.advance(DAY);
    assert_eq!(purge.run().await.unwrap(), 0);
    clock.advance(Duration::from_micros(1));
    assert_eq!(purge.run().await.unwrap(), 1);
    let page = PageRequest {
        size: PageSize::MAX,
        after: None,
    };
    let log = AuditLog::list(&*store, &AuditFilter::default(), &page).await;
    assert!(log.unwrap().items.is_empty());
}

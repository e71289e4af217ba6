//! What delays a change of the signing keys on its way into the file.

use std::{sync::Mutex, time::Duration};

use sea_orm::{ConnectionTrait, TransactionTrait};
use signet::{
    adapters::database::SqlKeyStore,
    domain::{KeyChange, KeyTimings, MonotonicTime, Timestamp},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
};

use crate::support::{
    clock::ManualClock,
    database::connect,
    fixtures::{a_stored_key, a_time},
    postgres::{PostgresDatabase, open},
    postgres_proxy::{PostgresProxy, Way},
    store::TestStore,
    written_log::WrittenLog,
};

fn begin() -> KeyChange {
    let mut active = a_stored_key("active", a_time());
    active.life = active.life.activated(a_time());
    let next = a_stored_key("next", a_time());
    KeyChange::Begin { active, next }
}

#[tokio::test]
async fn a_change_that_waited_too_long_for_the_lock_is_refused() {
    let store = TestStore::sqlite().await;
    let other = connect(&store.database().path()).await;
    let lock = other.begin().await.unwrap();
    lock.execute_unprepared("DELETE FROM keys").await.unwrap();
    let clock = ManualClock::new();
    let begin = begin();
    // The change is first: it waits for the lock while the time passes.
    let (changed, ()) = tokio::join!(store.keys.change(&begin, None, &clock), async {
        clock.advance(KeyTimings::COMMIT_BEGINS_WITHIN + Duration::from_secs(1));
        lock.commit().await.unwrap();
    });
    assert!(matches!(changed, Err(StorageError::Unavailable(_))));
    assert!(store.keys.load().await.unwrap().keys().is_empty());
}

/// A clock on which a commit takes this long: one reading comes before it.
struct SlowDisk {
    takes: Duration,
    readings: Mutex<u32>,
}

impl Clock for SlowDisk {
    fn now(&self) -> Timestamp {
        let mut readings = self.readings.lock().unwrap();
        *readings += 1;
        a_time() + self.takes * (*readings - 1)
    }

    fn monotonic(&self) -> MonotonicTime {
        MonotonicTime::from_start(Duration::ZERO)
    }
}

#[tokio::test]
async fn a_commit_that_the_disk_delays_too_long_is_told_in_the_log() {
    for (takes, told) in [
        (KeyTimings::COMMIT_DELAY, false),
        (KeyTimings::COMMIT_DELAY + Duration::from_secs(1), true),
    ] {
        let log = WrittenLog::default();
        let _guard = tracing::subscriber::set_default(log.subscriber());
        let store = TestStore::sqlite().await;
        let clock = SlowDisk {
            takes,
            readings: Mutex::new(0),
        };
        let changed = store.keys.change(&begin(), None, &clock).await.unwrap();
        assert_eq!(changed, KeyChanged::Done);
        let log = log.text();
        assert_eq!(log.contains("the disk took too long"), told, "{log}");
    }
}

/// It may have been committed, as late as that.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_commit_whose_answer_is_lost_is_told_in_the_log() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let proxy = PostgresProxy::start(test.server);
    let keys = SqlKeyStore::new(open(&proxy.url(&test.name)).await);
    keys.load().await.unwrap();
    proxy.go(Way::CutAfterCommit);
    let log = WrittenLog::default();
    let _guard = tracing::subscriber::set_default(log.subscriber());
    let clock = SlowDisk {
        takes: KeyTimings::COMMIT_DELAY + Duration::from_secs(1),
        readings: Mutex::new(0),
    };
    let changed = keys.change(&begin(), None, &clock).await;
    assert!(
        matches!(changed, Err(StorageError::Unavailable(_))),
        "{changed:?}"
    );
    let log = log.text();
    assert!(log.contains("the disk took too long"), "{log}");
}

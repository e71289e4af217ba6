//! A change that is dated long before it is stored.

use std::time::Duration;

use signet::{
    domain::{KeyChange, KeyTimings, Revocation},
    ports::{Clock, KeyChanged, StorageError},
};

use super::{begin, done, key, kid, load};
use crate::support::{
    clock::ManualClock,
    fixtures::{a_stored_key, a_time},
    store::{TestStore, on_every_store},
};

on_every_store![
    a_change_is_stored_up_to_the_last_moment_after_its_date,
    a_change_that_comes_later_is_refused_and_changes_nothing,
    a_promotion_is_as_old_as_the_older_of_its_dates,
    what_publishes_no_key_is_never_late,
];

const SMALLEST: Duration = Duration::from_micros(1);

/// Its keys are published at [`a_time`].
fn clock_showing(after_the_date: Duration) -> ManualClock {
    let clock = ManualClock::new();
    clock.set_wall(a_time() + after_the_date);
    clock
}

fn replace_next() -> KeyChange {
    KeyChange::ReplaceNext {
        next: kid("next"),
        new_next: key("another"),
        among: 2,
        at: a_time(),
    }
}

async fn refused(store: &TestStore, change: KeyChange, clock: &dyn Clock) {
    let before = load(store).await;
    let error = store.keys.change(&change, None, clock).await.unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error}");
    assert_eq!(load(store).await, before);
    // And the store is as good as before.
    let timely = clock_showing(Duration::ZERO);
    let changed = store.keys.change(&change, None, &timely).await.unwrap();
    assert_eq!(changed, KeyChanged::Done);
}

async fn a_change_is_stored_up_to_the_last_moment_after_its_date(store: &TestStore) {
    let clock = clock_showing(KeyTimings::COMMIT_BEGINS_WITHIN);
    for change in [begin(), replace_next()] {
        let changed = store.keys.change(&change, None, &clock).await.unwrap();
        assert_eq!(changed, KeyChanged::Done);
    }
}

async fn a_change_that_comes_later_is_refused_and_changes_nothing(store: &TestStore) {
    let late = clock_showing(KeyTimings::COMMIT_BEGINS_WITHIN + SMALLEST);
    refused(store, begin(), &late).await;
    refused(store, replace_next(), &late).await;
    let revoke = KeyChange::Revoke {
        kid: kid("another"),
        revocation: Revocation::Next {
            replacement: key("replacement"),
        },
        at: a_time(),
    };
    refused(store, revoke, &late).await;
    let mut retired = key("elsewhere");
    retired.life = retired.life.retired(a_time(), Duration::ZERO);
    refused(
        store,
        KeyChange::AddRetired {
            key: retired,
            among: 4,
        },
        &late,
    )
    .await;
}

async fn a_promotion_is_as_old_as_the_older_of_its_dates(store: &TestStore) {
    done(store, begin()).await;
    let limit = KeyTimings::COMMIT_BEGINS_WITHIN;
    let promote = |published_at, at| KeyChange::Promote {
        active: kid("active"),
        next: kid("next"),
        new_next: a_stored_key("third", published_at),
        at,
        still_signing: Duration::ZERO,
    };
    let (early, late) = (a_time(), a_time() + limit);
    let clock = clock_showing(limit + SMALLEST);
    for change in [promote(early, late), promote(late, early)] {
        let changed = store.keys.change(&change, None, &clock).await;
        assert!(matches!(changed, Err(StorageError::Unavailable(_))));
    }
    let changed = store.keys.change(&promote(late, late), None, &clock).await;
    assert_eq!(changed.unwrap(), KeyChanged::Done);
}

async fn what_publishes_no_key_is_never_late(store: &TestStore) {
    done(store, begin()).await;
    let late = clock_showing(Duration::from_hours(1));
    let raise = KeyChange::RaiseActive {
        kid: kid("active"),
        lifetime: Duration::from_hours(1),
        still_signing: Duration::ZERO,
    };
    let changed = store.keys.change(&raise, None, &late).await.unwrap();
    assert_eq!(changed, KeyChanged::Done);
}

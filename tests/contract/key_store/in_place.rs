//! Changes that leave every key in its state.

use std::time::Duration;

use signet::domain::KeyChange;

use super::{at, begin, done, kid, load, outdated, promote};
use crate::support::store::{TestStore, on_every_store};

on_every_store![
    the_times_of_the_active_key_are_raised_and_never_lowered,
    the_time_that_the_next_key_is_published_is_raised_and_never_lowered,
];

async fn the_times_of_the_active_key_are_raised_and_never_lowered(store: &TestStore) {
    done(store, begin()).await;
    let raise = |text: &str, lifetime: u64, still_signing: u64| KeyChange::RaiseActive {
        kid: kid(text),
        lifetime: Duration::from_secs(lifetime),
        still_signing: Duration::from_secs(still_signing),
    };
    for (lifetime, still_signing, expected) in [
        (3600, 130, (3600, 130)),
        (60, 200, (3600, 200)),
        (7200, 100, (7200, 200)),
    ] {
        done(store, raise("active", lifetime, still_signing)).await;
        let life = load(store).await.get(&kid("active")).unwrap().life;
        let raised = (
            life.longest_lifetime.as_secs(),
            life.still_signing.as_secs(),
        );
        assert_eq!(raised, expected);
    }
    outdated(store, raise("next", 10_000, 10_000)).await;
    done(store, promote("third")).await;
    let retired = load(store).await.get(&kid("active")).unwrap().life;
    assert_eq!(retired.tokens_expire_at, Some(at(100 + 200 + 7200)));
}

pub(super) fn raise_next(text: &str, seconds: u64) -> KeyChange {
    KeyChange::RaiseNext {
        kid: kid(text),
        publish_ahead: Duration::from_secs(seconds),
    }
}

async fn the_time_that_the_next_key_is_published_is_raised_and_never_lowered(store: &TestStore) {
    done(store, begin()).await;
    for (seconds, expected) in [(430, 430), (100, 430), (3600, 3600)] {
        done(store, raise_next("next", seconds)).await;
        let life = load(store).await.get(&kid("next")).unwrap().life;
        assert_eq!(life.publish_ahead, Duration::from_secs(expected));
    }
    outdated(store, raise_next("active", 10_000)).await;
}

//! Changes that leave every key in its state.

use std::time::Duration;

use signet::domain::{KeyChange, KeySet, StoredKey};

use super::{begin, done, kid, load, outdated};
use crate::support::store::{TestStore, on_every_store};

on_every_store![
    a_lifetime_is_raised_and_never_lowered,
    rewrapping_exchanges_all_envelopes_or_none,
];

async fn a_lifetime_is_raised_and_never_lowered(store: &TestStore) {
    done(store, begin()).await;
    for (seconds, expected) in [(3600, 3600), (60, 3600)] {
        let lifetime = Duration::from_secs(seconds);
        done(
            store,
            KeyChange::RaiseLifetime {
                kid: kid("active"),
                lifetime,
            },
        )
        .await;
        let life = load(store).await.get(&kid("active")).unwrap().life;
        assert_eq!(life.longest_lifetime, Duration::from_secs(expected));
    }
    let lifetime = Duration::from_hours(2);
    outdated(
        store,
        KeyChange::RaiseLifetime {
            kid: kid("next"),
            lifetime,
        },
    )
    .await;
}

async fn rewrapping_exchanges_all_envelopes_or_none(store: &TestStore) {
    done(store, begin()).await;
    let envelopes = |set: &KeySet, salt: u8| {
        let exchange = |key: &StoredKey| {
            let from = key.sealed.clone().unwrap();
            let mut to = from.clone();
            to.wrapped_data_key = [salt; 40];
            (key.record.kid.clone(), from, to)
        };
        set.keys().iter().map(exchange).collect::<Vec<_>>()
    };
    let first = envelopes(&load(store).await, 7);
    done(store, KeyChange::Rewrap(first.clone())).await;
    let set = load(store).await;
    let wrapped = |key: &StoredKey| key.sealed.as_ref().unwrap().wrapped_data_key;
    assert!(set.keys().iter().all(|key| wrapped(key) == [7; 40]));
    let mut half_outdated = envelopes(&set, 8);
    half_outdated[1] = first[1].clone();
    outdated(store, KeyChange::Rewrap(half_outdated)).await;
}

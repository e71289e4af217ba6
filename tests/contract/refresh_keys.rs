//! What [`KeyStore`] guarantees of refresh keys, and of all keys together.

use signet::{
    domain::{Envelope, KeyChange, KeySet, RefreshKeyId, Rewrapping, SealedKeyId},
    ports::KeyChanged,
};
use tokio::task::JoinSet;

use super::key_store::{begin, done, load, outdated};
use crate::support::{
    clock::ManualClock,
    fixtures::a_refresh_key,
    store::{TestStore, alternate, on_every_store},
};

on_every_store![
    rewrapping_exchanges_all_envelopes_or_none,
    refresh_keys_read_back_as_they_were_added,
    a_refresh_key_is_added_only_after_the_latest,
    replacing_the_refresh_keys_leaves_the_new_one_alone,
    expiring_refresh_keys_deletes_the_earlier_ones,
    of_fifty_concurrent_first_refresh_keys_one_is_added,
];

fn add_refresh_key(latest: Option<u32>, id: u32) -> KeyChange {
    KeyChange::AddRefreshKey {
        latest: latest.map(RefreshKeyId::new),
        key: a_refresh_key(id),
    }
}

fn refresh_key_ids(set: &KeySet) -> Vec<u32> {
    let keys = set.refresh_keys().iter();
    keys.map(|key| key.record.id.number()).collect()
}

async fn refresh_keys_read_back_as_they_were_added(store: &TestStore) {
    done(store, add_refresh_key(None, 1)).await;
    done(store, add_refresh_key(Some(1), 2)).await;
    let expected = [a_refresh_key(1), a_refresh_key(2)];
    assert_eq!(load(store).await.refresh_keys(), expected);
}

async fn a_refresh_key_is_added_only_after_the_latest(store: &TestStore) {
    outdated(store, add_refresh_key(Some(1), 2)).await;
    done(store, add_refresh_key(None, 1)).await;
    outdated(store, add_refresh_key(None, 2)).await;
    outdated(store, add_refresh_key(Some(1), 1)).await;
    assert_eq!(refresh_key_ids(&load(store).await), [1]);
}

async fn replacing_the_refresh_keys_leaves_the_new_one_alone(store: &TestStore) {
    done(store, add_refresh_key(None, 1)).await;
    done(store, add_refresh_key(Some(1), 2)).await;
    let replace = |latest: u32| KeyChange::ReplaceRefreshKeys {
        latest: Some(RefreshKeyId::new(latest)),
        key: a_refresh_key(3),
    };
    outdated(store, replace(1)).await;
    done(store, replace(2)).await;
    assert_eq!(refresh_key_ids(&load(store).await), [3]);
}

async fn expiring_refresh_keys_deletes_the_earlier_ones(store: &TestStore) {
    for id in 1..=3 {
        let latest = (id > 1).then(|| id - 1);
        done(store, add_refresh_key(latest, id)).await;
    }
    let expire = |before: u32| KeyChange::ExpireRefreshKeys {
        before: RefreshKeyId::new(before),
    };
    outdated(store, expire(4)).await;
    done(store, expire(3)).await;
    assert_eq!(refresh_key_ids(&load(store).await), [3]);
}

async fn of_fifty_concurrent_first_refresh_keys_one_is_added(store: &TestStore) {
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let keys = alternate(count, &store.keys, &store.elsewhere.keys);
        tasks.spawn(async move {
            let change = add_refresh_key(None, 1);
            keys.change(&change, None, &ManualClock::new())
                .await
                .unwrap()
        });
    }
    let results = tasks.join_all().await;
    let done = results.iter().filter(|r| **r == KeyChanged::Done).count();
    assert_eq!(done, 1);
}

async fn rewrapping_exchanges_all_envelopes_or_none(store: &TestStore) {
    done(store, begin()).await;
    done(store, add_refresh_key(None, 1)).await;
    let envelopes = |set: &KeySet, salt: u8| {
        let exchange = |(key, from): (SealedKeyId, &Envelope)| Rewrapping {
            key,
            from: from.clone(),
            to: Envelope {
                wrapped_data_key: [salt; 40],
                ..from.clone()
            },
        };
        set.sealed().map(exchange).collect::<Vec<_>>()
    };
    let first = envelopes(&load(store).await, 7);
    done(store, KeyChange::Rewrap(first.clone())).await;
    let set = load(store).await;
    assert_eq!(set.sealed().count(), 3);
    assert!(
        set.sealed()
            .all(|(_, sealed)| sealed.wrapped_data_key == [7; 40])
    );
    let mut half_outdated = envelopes(&set, 8);
    half_outdated[2] = first[2].clone();
    outdated(store, KeyChange::Rewrap(half_outdated)).await;
}

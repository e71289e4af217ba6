use signet::{
    domain::{Envelope, KeyRecord, KeyState, SealedKey, SigningAlgorithm},
    ports::FirstKey,
};
use tokio::task::JoinSet;

use crate::support::{
    fixtures::{a_time, master_key},
    store::{TestStore, alternate, on_every_store},
};

on_every_store![
    an_empty_store_holds_no_keys,
    the_first_key_is_read_back_as_it_was_added,
    a_second_first_key_changes_nothing,
    of_fifty_concurrent_first_keys_one_is_added,
];

fn sealed_key(kid: &str) -> SealedKey {
    SealedKey {
        record: KeyRecord {
            kid: kid.parse().unwrap(),
            algorithm: SigningAlgorithm::Rs256,
            created_at: a_time(),
        },
        state: KeyState::Active,
        envelope: Envelope {
            format_version: 1,
            master_key_id: master_key().id(),
            wrapped_data_key: [1; 40],
            nonce: [2; 12],
            ciphertext: (0..=255).collect(),
        },
    }
}

async fn an_empty_store_holds_no_keys(store: &TestStore) {
    assert_eq!(store.keys.load().await.unwrap(), []);
}

async fn the_first_key_is_read_back_as_it_was_added(store: &TestStore) {
    let key = sealed_key("first");
    assert_eq!(store.keys.add_first(&key).await.unwrap(), FirstKey::Added);
    assert_eq!(store.keys.load().await.unwrap(), [key]);
}

async fn a_second_first_key_changes_nothing(store: &TestStore) {
    let key = sealed_key("first");
    store.keys.add_first(&key).await.unwrap();
    let second = store.keys.add_first(&sealed_key("second")).await.unwrap();
    assert_eq!(second, FirstKey::NotFirst);
    assert_eq!(store.keys.load().await.unwrap(), [key]);
}

async fn of_fifty_concurrent_first_keys_one_is_added(store: &TestStore) {
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let keys = alternate(count, &store.keys, &store.elsewhere.keys);
        tasks.spawn(async move {
            let key = sealed_key(&format!("key-{count}"));
            keys.add_first(&key).await.unwrap()
        });
    }
    let results = tasks.join_all().await;
    let added = results.iter().filter(|r| **r == FirstKey::Added).count();
    assert_eq!(added, 1);
    assert_eq!(store.keys.load().await.unwrap().len(), 1);
}

mod in_place;
mod lateness;
mod succession;

use std::time::Duration;

use signet::{
    domain::{
        KeyChange, KeyId, KeySet, KeyState,
        KeyState::{Active, Expired, Next, Retired},
        StoredKey, Timestamp,
    },
    ports::KeyChanged,
};
use tokio::task::JoinSet;

use crate::support::{
    clock::ManualClock,
    fixtures::{a_stored_key, a_time},
    store::{TestStore, alternate, on_every_store},
};

on_every_store![
    an_empty_store_holds_no_keys,
    the_first_keys_are_read_back_as_they_were_added,
    a_second_beginning_changes_nothing,
    of_fifty_concurrent_beginnings_one_is_done,
    a_promotion_retires_activates_and_adds_in_one_step,
    a_promotion_planned_for_other_keys_changes_nothing,
    of_fifty_concurrent_promotions_one_is_done,
    an_expired_key_keeps_its_history_and_loses_its_private_part,
    only_a_retired_key_expires,
    a_replaced_next_key_expires_unused,
    a_retired_key_from_elsewhere_is_added_once,
    a_key_from_elsewhere_is_added_among_the_keys_that_were_looked_at_alone,
    of_fifty_concurrent_imports_under_fifty_ids_one_is_done,
];

pub(super) fn at(seconds: u64) -> Timestamp {
    a_time() + Duration::from_secs(seconds)
}

fn key(kid: &str) -> StoredKey {
    a_stored_key(kid, a_time())
}

pub(super) fn kid(text: &str) -> KeyId {
    text.parse().unwrap()
}

pub(super) fn begin() -> KeyChange {
    let mut active = key("active");
    active.life = active.life.activated(a_time());
    active.life.longest_lifetime = Duration::from_micros(900_000_001);
    let next = key("next");
    KeyChange::Begin { active, next }
}

pub(super) fn promote(new_next: &str) -> KeyChange {
    KeyChange::Promote {
        active: kid("active"),
        next: kid("next"),
        new_next: a_stored_key(new_next, at(100)),
        at: at(100),
        still_signing: Duration::from_secs(30),
    }
}

pub(super) async fn done(store: &TestStore, change: KeyChange) {
    let changed = store
        .keys
        .change(&change, None, &ManualClock::new())
        .await
        .unwrap();
    assert_eq!(changed, KeyChanged::Done, "{change:?}");
}

/// Asserts that the change is outdated and leaves the set as it is.
pub(super) async fn outdated(store: &TestStore, change: KeyChange) {
    let before = store.keys.load().await.unwrap();
    let changed = store
        .keys
        .change(&change, None, &ManualClock::new())
        .await
        .unwrap();
    assert_eq!(changed, KeyChanged::Outdated, "{change:?}");
    assert_eq!(store.keys.load().await.unwrap(), before);
}

pub(super) async fn load(store: &TestStore) -> KeySet {
    store.keys.load().await.unwrap()
}

pub(super) async fn states(store: &TestStore) -> Vec<(String, KeyState)> {
    let set = load(store).await;
    let keys = set.keys().iter();
    keys.map(|key| (key.record.kid.to_string(), key.life.state))
        .collect()
}

pub(super) fn named(states: &[(&str, KeyState)]) -> Vec<(String, KeyState)> {
    states
        .iter()
        .map(|(kid, state)| ((*kid).to_owned(), *state))
        .collect()
}

pub(super) async fn concurrently(store: &TestStore, change: impl Fn(usize) -> KeyChange) -> usize {
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let keys = alternate(count, &store.keys, &store.elsewhere.keys);
        let change = change(count);
        tasks.spawn(async move {
            keys.change(&change, None, &ManualClock::new())
                .await
                .unwrap()
        });
    }
    let changed = tasks.join_all().await;
    changed
        .iter()
        .filter(|changed| **changed == KeyChanged::Done)
        .count()
}

async fn an_empty_store_holds_no_keys(store: &TestStore) {
    assert_eq!(load(store).await, KeySet::default());
}

async fn the_first_keys_are_read_back_as_they_were_added(store: &TestStore) {
    done(store, begin()).await;
    let expected = KeySet::default().after(&begin()).unwrap();
    assert_eq!(load(store).await, expected);
    assert_eq!(expected.keys().len(), 2);
}

async fn a_second_beginning_changes_nothing(store: &TestStore) {
    done(store, begin()).await;
    let (active, next) = (key("other"), key("another"));
    outdated(store, KeyChange::Begin { active, next }).await;
}

async fn of_fifty_concurrent_beginnings_one_is_done(store: &TestStore) {
    let beginning = |count| {
        let mut active = key(&format!("active-{count}"));
        active.life = active.life.activated(a_time());
        let next = key(&format!("next-{count}"));
        KeyChange::Begin { active, next }
    };
    assert_eq!(concurrently(store, beginning).await, 1);
    assert_eq!(load(store).await.keys().len(), 2);
}

async fn a_promotion_retires_activates_and_adds_in_one_step(store: &TestStore) {
    done(store, begin()).await;
    done(store, promote("third")).await;
    let expected = named(&[("active", Retired), ("next", Active), ("third", Next)]);
    assert_eq!(states(store).await, expected);
    let set = load(store).await;
    let retired = set.get(&kid("active")).unwrap().life;
    assert_eq!(retired.retired_at, Some(at(100)));
    let tokens_expire_at = at(130) + Duration::from_micros(900_000_001);
    assert_eq!(retired.tokens_expire_at, Some(tokens_expire_at));
    assert_eq!(
        set.get(&kid("next")).unwrap().life.activated_at,
        Some(at(100))
    );
}

async fn a_promotion_planned_for_other_keys_changes_nothing(store: &TestStore) {
    done(store, begin()).await;
    done(store, promote("third")).await;
    outdated(store, promote("fourth")).await;
}

async fn of_fifty_concurrent_promotions_one_is_done(store: &TestStore) {
    done(store, begin()).await;
    let promotions = |count| promote(&format!("third-{count}"));
    assert_eq!(concurrently(store, promotions).await, 1);
    let set = load(store).await;
    let in_state = |state| {
        set.keys()
            .iter()
            .filter(|key| key.life.state == state)
            .count()
    };
    assert_eq!(
        [KeyState::Active, KeyState::Next, KeyState::Retired].map(in_state),
        [1, 1, 1]
    );
}

async fn an_expired_key_keeps_its_history_and_loses_its_private_part(store: &TestStore) {
    done(store, begin()).await;
    done(store, promote("third")).await;
    let kid = kid("active");
    done(
        store,
        KeyChange::Expire {
            kid: kid.clone(),
            at: at(2000),
        },
    )
    .await;
    let set = load(store).await;
    let expired = set.get(&kid).unwrap();
    assert_eq!(expired.life.state, KeyState::Expired);
    assert_eq!(expired.life.expired_at, Some(at(2000)));
    assert_eq!(expired.life.retired_at, Some(at(100)));
    assert_eq!(expired.public_jwk, r#"{"kid":"active"}"#);
    assert_eq!(expired.sealed, None);
}

async fn only_a_retired_key_expires(store: &TestStore) {
    done(store, begin()).await;
    for text in ["active", "next", "unknown"] {
        outdated(
            store,
            KeyChange::Expire {
                kid: kid(text),
                at: at(1),
            },
        )
        .await;
    }
}

async fn a_replaced_next_key_expires_unused(store: &TestStore) {
    done(store, begin()).await;
    let replace = |new_next, among| KeyChange::ReplaceNext {
        next: kid("next"),
        new_next: a_stored_key(new_next, at(5)),
        among,
        at: at(5),
    };
    done(store, replace("third", 2)).await;
    let expected = named(&[("active", Active), ("next", Expired), ("third", Next)]);
    assert_eq!(states(store).await, expected);
    outdated(store, replace("fourth", 3)).await;
}

/// A key from elsewhere, planned among so many keys.
fn import(text: &str, among: usize) -> KeyChange {
    let mut key = a_stored_key(text, at(1));
    key.life = key.life.retired(at(1), Duration::ZERO);
    KeyChange::AddRetired { key, among }
}

/// The same to sign next.
fn import_next(text: &str, among: usize) -> KeyChange {
    KeyChange::ReplaceNext {
        next: kid("next"),
        new_next: a_stored_key(text, at(1)),
        among,
        at: at(1),
    }
}

async fn a_retired_key_from_elsewhere_is_added_once(store: &TestStore) {
    done(store, begin()).await;
    let KeyChange::AddRetired { key, .. } = import("imported", 2) else {
        panic!("it is added")
    };
    done(store, import("imported", 2)).await;
    assert_eq!(load(store).await.get(&kid("imported")), Some(&key));
    outdated(store, import("imported", 3)).await;
}

async fn a_key_from_elsewhere_is_added_among_the_keys_that_were_looked_at_alone(store: &TestStore) {
    done(store, begin()).await;
    done(store, import("first", 2)).await;
    outdated(store, import("second", 2)).await;
    outdated(store, import_next("third", 2)).await;
    done(store, import_next("third", 3)).await;
    outdated(store, import("second", 3)).await;
    done(store, import("second", 4)).await;
}

async fn of_fifty_concurrent_imports_under_fifty_ids_one_is_done(store: &TestStore) {
    done(store, begin()).await;
    let imports = |count| {
        let kid = format!("imported-{count}");
        if count % 4 < 2 {
            import(&kid, 2)
        } else {
            import_next(&kid, 2)
        }
    };
    assert_eq!(concurrently(store, imports).await, 1);
    assert_eq!(load(store).await.keys().len(), 3);
}

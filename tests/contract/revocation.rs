//! Revocations of signing keys, by the store's contract.

use signet::domain::{
    KeyChange,
    KeyState::{Active, Expired, Next, Retired},
    Revocation, StoredKey,
};

use super::key_store::{
    at, begin, concurrently, done, kid, load, named, outdated, promote, states,
};
use crate::support::{
    fixtures::a_stored_key,
    store::{TestStore, on_every_store},
};

on_every_store![
    a_revoked_active_key_is_replaced_at_once,
    a_revoked_next_key_is_replaced,
    a_revoked_retired_key_is_not_replaced,
    a_revocation_planned_for_another_state_changes_nothing,
    a_revocation_planned_for_another_next_key_changes_nothing,
    of_promotions_and_revocations_at_once_one_is_done,
];

fn replacement(text: &str) -> StoredKey {
    a_stored_key(text, at(7))
}

fn revoke(text: &str, revocation: Revocation) -> KeyChange {
    KeyChange::Revoke {
        kid: kid(text),
        revocation,
        at: at(7),
    }
}

fn active(next: &str, text: &str) -> Revocation {
    Revocation::Active {
        next: kid(next),
        replacement: replacement(text),
    }
}

fn next() -> Revocation {
    Revocation::Next {
        replacement: replacement("replacement"),
    }
}

async fn a_revoked_active_key_is_replaced_at_once(store: &TestStore) {
    done(store, begin()).await;
    done(store, revoke("active", active("next", "replacement"))).await;
    let expected = named(&[("active", Expired), ("next", Active), ("replacement", Next)]);
    assert_eq!(states(store).await, expected);
    let set = load(store).await;
    assert_eq!(set.get(&kid("active")).unwrap().sealed, None);
    outdated(store, revoke("active", active("next", "another"))).await;
}

async fn a_revoked_next_key_is_replaced(store: &TestStore) {
    done(store, begin()).await;
    done(store, revoke("next", next())).await;
    let expected = named(&[("active", Active), ("next", Expired), ("replacement", Next)]);
    assert_eq!(states(store).await, expected);
}

async fn a_revoked_retired_key_is_not_replaced(store: &TestStore) {
    done(store, begin()).await;
    done(store, promote("third")).await;
    done(store, revoke("active", Revocation::Retired)).await;
    let expected = named(&[("active", Expired), ("next", Active), ("third", Next)]);
    assert_eq!(states(store).await, expected);
}

async fn a_revocation_planned_for_another_state_changes_nothing(store: &TestStore) {
    done(store, begin()).await;
    outdated(store, revoke("active", Revocation::Retired)).await;
    outdated(store, revoke("active", next())).await;
    outdated(store, revoke("next", Revocation::Retired)).await;
    outdated(store, revoke("unknown", Revocation::Retired)).await;
    done(store, promote("third")).await;
    // It retired meanwhile: nothing is to be promoted early.
    outdated(store, revoke("active", active("third", "replacement"))).await;
    outdated(store, revoke("next", next())).await;
}

async fn a_revocation_planned_for_another_next_key_changes_nothing(store: &TestStore) {
    done(store, begin()).await;
    done(store, revoke("next", next())).await;
    outdated(store, revoke("active", active("next", "third"))).await;
    done(store, revoke("active", active("replacement", "third"))).await;
}

async fn of_promotions_and_revocations_at_once_one_is_done(store: &TestStore) {
    done(store, begin()).await;
    let changes = |count: usize| match count % 3 {
        0 => promote(&format!("promoted-{count}")),
        _ => revoke("active", active("next", &format!("revoked-{count}"))),
    };
    assert_eq!(concurrently(store, changes).await, 1);
    let set = load(store).await;
    assert_eq!(set.keys().len(), 3);
    let first = set.get(&kid("active")).unwrap().life.state;
    assert!([Retired, Expired].contains(&first));
    assert_eq!(set.in_state(Active).unwrap().record.kid, kid("next"));
}

use signet::domain::{
    KeyChange,
    KeyState::{Active, Expired, Next},
};

use super::{at, begin, done, kid, load, named, outdated, promote, states};
use crate::support::{
    fixtures::a_stored_key,
    store::{TestStore, on_every_store},
};

on_every_store![
    a_revoked_active_key_is_replaced_at_once,
    a_revoked_next_key_is_replaced,
    a_revoked_retired_key_is_not_replaced,
];

fn revoke(text: &str) -> KeyChange {
    KeyChange::Revoke {
        kid: kid(text),
        replacement: a_stored_key("replacement", at(7)),
        at: at(7),
    }
}

async fn a_revoked_active_key_is_replaced_at_once(store: &TestStore) {
    done(store, begin()).await;
    done(store, revoke("active")).await;
    let expected = named(&[("active", Expired), ("next", Active), ("replacement", Next)]);
    assert_eq!(states(store).await, expected);
    let set = load(store).await;
    assert_eq!(set.get(&kid("active")).unwrap().sealed, None);
    outdated(store, revoke("active")).await;
}

async fn a_revoked_next_key_is_replaced(store: &TestStore) {
    done(store, begin()).await;
    done(store, revoke("next")).await;
    let expected = named(&[("active", Active), ("next", Expired), ("replacement", Next)]);
    assert_eq!(states(store).await, expected);
}

async fn a_revoked_retired_key_is_not_replaced(store: &TestStore) {
    done(store, begin()).await;
    done(store, promote("third")).await;
    done(store, revoke("active")).await;
    let expected = named(&[("active", Expired), ("next", Active), ("third", Next)]);
    assert_eq!(states(store).await, expected);
}

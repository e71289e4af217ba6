//! What a key takes over from the one in whose place it comes.

use std::time::Duration;

use signet::domain::{KeyChange, KeyState::Retired, Revocation, StoredKey};

use super::{at, begin, done, in_place::raise_next, kid, load};
use crate::support::{
    fixtures::a_stored_key,
    store::{TestStore, on_every_store},
};

on_every_store![
    a_key_that_comes_in_place_of_the_next_one_is_published_for_as_long,
    a_key_made_when_the_active_one_is_revoked_is_published_for_as_long,
    a_replaced_next_key_that_signed_elsewhere_retires,
];

async fn a_key_that_comes_in_place_of_the_next_one_is_published_for_as_long(store: &TestStore) {
    done(store, begin()).await;
    done(store, raise_next("next", 3600)).await;
    let replace = KeyChange::ReplaceNext {
        next: kid("next"),
        new_next: a_stored_key("third", at(5)),
        among: 2,
        at: at(5),
    };
    done(store, replace).await;
    let life = load(store).await.get(&kid("third")).unwrap().life;
    assert_eq!(life.publish_ahead, Duration::from_hours(1));
}

async fn a_key_made_when_the_active_one_is_revoked_is_published_for_as_long(store: &TestStore) {
    done(store, begin()).await;
    done(store, raise_next("next", 3600)).await;
    for (active, next, replacement) in [("active", "next", "third"), ("next", "third", "fourth")] {
        let revoke = KeyChange::Revoke {
            kid: kid(active),
            revocation: Revocation::Active {
                next: kid(next),
                replacement: a_stored_key(replacement, at(5)),
            },
            at: at(5),
        };
        done(store, revoke).await;
        let life = load(store).await.get(&kid(replacement)).unwrap().life;
        assert_eq!(life.publish_ahead, Duration::from_hours(1));
    }
}

async fn a_replaced_next_key_that_signed_elsewhere_retires(store: &TestStore) {
    done(store, begin()).await;
    let replace = |next: &str, new_next: StoredKey, among| KeyChange::ReplaceNext {
        next: kid(next),
        new_next,
        among,
        at: at(5),
    };
    let mut imported = a_stored_key("imported", at(1));
    imported.life.longest_lifetime = Duration::from_hours(1);
    done(store, replace("next", imported, 2)).await;
    done(store, replace("imported", a_stored_key("fourth", at(5)), 3)).await;
    let set = load(store).await;
    let retired = set.get(&kid("imported")).unwrap();
    assert_eq!(retired.life.state, Retired);
    assert_eq!(retired.life.tokens_expire_at, Some(at(5 + 3600)));
    assert!(retired.sealed.is_some());
}

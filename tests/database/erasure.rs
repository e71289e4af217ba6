//! What is left of deleted secrets in the database's files.

use std::{fs, path::Path, time::Duration};

use sea_orm::{ConnectionTrait, TransactionTrait};
use signet::{
    domain::{Envelope, KeyChange, KeyId, Revocation, Rewrapping, SealedKeyId, StoredKey},
    ports::KeyChanged,
};

use crate::support::{
    clock::ManualClock,
    database::connect,
    fixtures::{a_stored_key, a_time},
    store::TestStore,
};

const ACTIVE: [u8; 64] = *b"the ciphertext of the active key, which no other bytes are like.";
const RETIRED: [u8; 64] = *b"the ciphertext of a key that retired, unlike that of the active.";

/// How long a busy machine may take.
const PATIENCE: Duration = Duration::from_mins(1);

fn kid(text: &str) -> KeyId {
    text.parse().unwrap()
}

fn sealed(text: &str, ciphertext: [u8; 64]) -> StoredKey {
    let mut key = a_stored_key(text, a_time());
    key.sealed.as_mut().unwrap().ciphertext = ciphertext.to_vec();
    key
}

async fn done(store: &TestStore, change: KeyChange) {
    let changed = store.keys.change(&change, None, &ManualClock::new()).await;
    assert_eq!(changed.unwrap(), KeyChanged::Done);
}

/// An active, a next and a retired key, all in the log.
async fn with_keys() -> TestStore {
    let store = TestStore::sqlite().await;
    let mut active = sealed("active", ACTIVE);
    active.life = active.life.activated(a_time());
    let next = a_stored_key("next", a_time());
    done(&store, KeyChange::Begin { active, next }).await;
    let mut retired = sealed("retired", RETIRED);
    retired.life = retired.life.retired(a_time(), Duration::ZERO);
    done(
        &store,
        KeyChange::AddRetired {
            key: retired,
            among: 2,
        },
    )
    .await;
    assert_eq!(held(&store, &RETIRED), (false, true));
    store
}

/// The same, all in the file.
async fn with_merged_keys() -> TestStore {
    let store = with_keys().await;
    let merge = "PRAGMA wal_checkpoint(TRUNCATE)";
    store.database().execute(merge).await;
    assert_eq!(held(&store, &RETIRED), (true, false));
    store
}

fn revoke_active() -> KeyChange {
    KeyChange::Revoke {
        kid: kid("active"),
        revocation: Revocation::Active {
            next: kid("next"),
            replacement: a_stored_key("third", a_time()),
        },
        at: a_time(),
    }
}

fn expire_retired() -> KeyChange {
    KeyChange::Expire {
        kid: kid("retired"),
        at: a_time(),
    }
}

fn file_holds(path: &Path, bytes: &[u8]) -> bool {
    let content = fs::read(path).unwrap_or_default();
    content.windows(bytes.len()).any(|part| part == bytes)
}

/// Whether the database's file holds the bytes, and whether its log does.
fn held(store: &TestStore, bytes: &[u8]) -> (bool, bool) {
    let path = store.database().path();
    let log = path.with_extension("db-wal");
    (file_holds(&path, bytes), file_holds(&log, bytes))
}

const NOWHERE: (bool, bool) = (false, false);

#[tokio::test]
async fn no_file_holds_the_private_part_of_a_revoked_key() {
    for store in [with_keys().await, with_merged_keys().await] {
        done(&store, revoke_active()).await;
        assert_eq!(held(&store, &ACTIVE), NOWHERE);
        assert_eq!(held(&store, &RETIRED), (true, false));
    }
}

#[tokio::test]
async fn no_file_holds_the_private_part_of_an_expired_key() {
    for store in [with_keys().await, with_merged_keys().await] {
        done(&store, expire_retired()).await;
        assert_eq!(held(&store, &RETIRED), NOWHERE);
        assert_eq!(held(&store, &ACTIVE), (true, false));
    }
}

#[tokio::test]
async fn no_file_holds_what_was_wrapped_under_a_former_master_key() {
    let store = with_merged_keys().await;
    let set = store.keys.load().await.unwrap();
    let from = set.get(&kid("active")).unwrap().sealed.clone().unwrap();
    let wrapped = |byte: u8| from.wrapped_data_key.map(|_| byte);
    let rewrap = |from: &Envelope, byte: u8| {
        let to = Envelope {
            wrapped_data_key: wrapped(byte),
            ..from.clone()
        };
        let key = SealedKeyId::Signing(kid("active"));
        let from = from.clone();
        (
            KeyChange::Rewrap(vec![Rewrapping {
                key,
                from,
                to: to.clone(),
            }]),
            to,
        )
    };
    let (first, rewrapped) = rewrap(&from, 0xa1);
    done(&store, first).await;
    assert_eq!(held(&store, &wrapped(0xa1)), (true, false));
    done(&store, rewrap(&rewrapped, 0xa2).0).await;
    assert_eq!(held(&store, &wrapped(0xa1)), NOWHERE);
    assert_eq!(held(&store, &wrapped(0xa2)), (true, false));
}

#[tokio::test]
async fn a_log_that_others_read_from_is_emptied_when_they_are_done() {
    let store = with_merged_keys().await;
    done(
        &store,
        KeyChange::RaiseNext {
            kid: kid("next"),
            publish_ahead: PATIENCE,
        },
    )
    .await;
    let other = connect(&store.database().path()).await;
    let reading = other.begin().await.unwrap();
    let rows = "SELECT kid FROM keys";
    reading.execute_unprepared(rows).await.unwrap();
    done(&store, revoke_active()).await;
    assert_ne!(held(&store, &ACTIVE), NOWHERE, "it is still read");
    reading.rollback().await.unwrap();
    let erased = async {
        while held(&store, &ACTIVE) != NOWHERE {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, erased).await.unwrap();
}

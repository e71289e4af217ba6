use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use signet::{
    crypto::thumbprint,
    domain::{KeyAct, KeyChange, KeySet, KeyState, SigningAlgorithm},
    ports::{Clock, KeyChanged, KeyStore, StorageError},
    usecases::keys::{ImportAs, ImportError},
};
use tokio::sync::Barrier;

use super::server::Server;
use crate::support::fixtures::an_initiator;
use crate::support::keys::private_key;

const RS256: SigningAlgorithm = SigningAlgorithm::Rs256;
const NEXT: ImportAs = ImportAs::Next {
    token_lifetime: Duration::from_hours(24),
};

async fn started() -> Server {
    let server = Server::new();
    server.maintain().run().await.unwrap();
    server
}

#[tokio::test]
async fn an_imported_key_enters_as_next_under_its_thumbprint() {
    let server = started().await;
    let (import, key) = (server.import(), private_key());
    let imported = import
        .run(&an_initiator(), &key, RS256, None, NEXT)
        .await
        .unwrap();
    assert_eq!(imported.record.kid, thumbprint(&private_key()).unwrap());
    let set = server.keys().await;
    assert_eq!(set.in_state(KeyState::Next), Some(&imported));
}

#[tokio::test]
async fn an_imported_key_keeps_its_old_kid_when_asked() {
    let server = started().await;
    let kid = "old-kid-1".parse().ok();
    let retired = ImportAs::Retired {
        token_lifetime: Duration::from_hours(24),
    };
    server
        .import()
        .run(&an_initiator(), &private_key(), RS256, kid, retired)
        .await
        .unwrap();
    let loaded = server.maintain().run().await.unwrap();
    assert!(loaded.jwks.json().contains("\"old-kid-1\""));
    assert_ne!(loaded.active.kid().as_str(), "old-kid-1");
}

#[tokio::test]
async fn a_key_imported_as_retired_verifies_until_its_tokens_are_dead() {
    let server = started().await;
    let retired = ImportAs::Retired {
        token_lifetime: Duration::from_hours(1),
    };
    server
        .import()
        .run(&an_initiator(), &private_key(), RS256, None, retired)
        .await
        .unwrap();
    let kid = thumbprint(&private_key()).unwrap();
    let state = async || server.keys().await.get(&kid).unwrap().life.state;
    let maintain = server.maintain();
    server.clock.advance(Duration::from_hours(1));
    maintain.run().await.unwrap();
    assert_eq!(state().await, KeyState::Retired);
    server
        .clock
        .advance(server.timings.published_after_expiry());
    maintain.run().await.unwrap();
    assert_eq!(state().await, KeyState::Expired);
}

#[tokio::test]
async fn a_kid_that_exists_is_refused() {
    let server = started().await;
    let set = server.keys().await;
    let kid = Some(set.keys()[0].record.kid.clone());
    let import = server.import();
    let imported = import
        .run(&an_initiator(), &private_key(), RS256, kid, NEXT)
        .await;
    assert!(matches!(imported, Err(ImportError::Exists(_))));
    assert_eq!(server.keys().await, set);
}

#[tokio::test]
async fn an_id_that_no_path_leads_to_is_refused() {
    let server = started().await;
    let set = server.keys().await;
    for reserved in ["rotate", ".", ".."] {
        let kid = reserved.parse().ok();
        let import = server.import();
        let error = import
            .run(&an_initiator(), &private_key(), RS256, kid, NEXT)
            .await
            .unwrap_err();
        assert!(matches!(error, ImportError::Reserved(kid) if kid.as_str() == reserved));
    }
    assert_eq!(server.keys().await, set);
}

#[tokio::test]
async fn one_private_key_has_one_kid_for_ever() {
    let server = started().await;
    let import = server.import();
    let kid = "old-kid-1".parse().ok();
    import
        .run(&an_initiator(), &private_key(), RS256, kid, NEXT)
        .await
        .unwrap();
    let first = "old-kid-1".parse().unwrap();
    // Not even when it was revoked, and under its thumbprint neither.
    for revoked in [false, true] {
        if revoked {
            server.revoke(&first).await;
        }
        for kid in [None, "old-kid-2".parse().ok()] {
            let again = import
                .run(&an_initiator(), &private_key(), RS256, kid, NEXT)
                .await;
            assert!(matches!(again, Err(ImportError::SameKey(kid)) if kid == first));
        }
    }
}

#[tokio::test]
async fn an_imported_next_key_that_is_replaced_verifies_what_it_signed_elsewhere() {
    let server = started().await;
    let import = server.import();
    let imported = import
        .run(&an_initiator(), &private_key(), RS256, None, NEXT)
        .await
        .unwrap();
    server
        .rotate()
        .run(&an_initiator(), Some(SigningAlgorithm::Es256))
        .await
        .unwrap();
    server.clock.advance(Duration::from_hours(24));
    let loaded = server.maintain().run().await.unwrap();
    assert!(loaded.verifying(&imported.record.kid).is_some());
    server
        .clock
        .advance(server.timings.published_after_expiry());
    let loaded = server.maintain().run().await.unwrap();
    assert!(loaded.verifying(&imported.record.kid).is_none());
}

/// Readers of it meet two by two.
struct MeetingPoint {
    store: Arc<dyn KeyStore>,
    readers: Barrier,
}

#[async_trait]
impl KeyStore for MeetingPoint {
    async fn load(&self) -> Result<KeySet, StorageError> {
        let set = self.store.load().await;
        self.readers.wait().await;
        set
    }

    async fn change(
        &self,
        change: &KeyChange,
        by: Option<&KeyAct>,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        self.store.change(change, by, clock).await
    }
}

#[tokio::test]
async fn of_two_imports_of_one_key_that_were_both_planned_one_is_refused() {
    let retired = ImportAs::Retired {
        token_lifetime: Duration::from_hours(24),
    };
    for (first_as, second_as) in [(retired, retired), (retired, NEXT), (NEXT, retired)] {
        let mut server = started().await;
        server.store = Arc::new(MeetingPoint {
            store: server.store.clone(),
            readers: Barrier::new(2),
        });
        let (import, by) = (server.import(), an_initiator());
        let key = private_key();
        let run = |kid: &str, import_as| import.run(&by, &key, RS256, kid.parse().ok(), import_as);
        // The third meets the one that reads again.
        let (first, second, _) = tokio::join!(
            run("first", first_as),
            run("second", second_as),
            server.keys()
        );
        let (done, refused) = match (first, second) {
            (Ok(done), Err(refused)) | (Err(refused), Ok(done)) => (done, refused),
            both => panic!("{both:?}"),
        };
        assert!(matches!(refused, ImportError::SameKey(kid) if kid == done.record.kid));
    }
}

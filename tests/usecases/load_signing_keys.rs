use std::sync::Arc;

use signet::{
    adapters::memory::MemoryStore,
    crypto::{MasterKey, envelope::OpenError, thumbprint},
    domain::{RsaKeySize, SigningAlgorithm},
    ports::KeyStore,
    usecases::{KeyRing, LoadKeysError, LoadSigningKeys, PublishKeys},
};

use crate::support::{
    clock::ManualClock,
    entropy::CountingEntropy,
    fixtures::{another_master_key, master_key},
    keys::{SharedKeys, private_key},
};

struct Server {
    generator: Arc<SharedKeys>,
    load: LoadSigningKeys,
}

fn server(keys: &Arc<dyn KeyStore>, master_key: MasterKey) -> Server {
    let generator = Arc::new(SharedKeys::default());
    let load = LoadSigningKeys {
        keys: keys.clone(),
        generator: generator.clone(),
        clock: Arc::new(ManualClock::new()),
        entropy: Arc::new(CountingEntropy::default()),
        master_key,
        algorithm: SigningAlgorithm::Rs256,
        rsa_size: RsaKeySize::Bits2048,
        ring: Arc::new(KeyRing::default()),
    };
    Server { generator, load }
}

fn empty_store() -> Arc<dyn KeyStore> {
    Arc::new(MemoryStore::default())
}

#[tokio::test]
async fn the_first_start_makes_one_active_key_named_by_its_thumbprint() {
    let store = empty_store();
    let loaded = server(&store, master_key()).load.run().await.unwrap();
    let stored = store.load().await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].record.kid, thumbprint(&private_key()).unwrap());
    assert_eq!(loaded.active.kid(), &stored[0].record.kid);
}

#[tokio::test]
async fn a_later_start_reuses_the_key() {
    let store = empty_store();
    let first = server(&store, master_key()).load.run().await.unwrap();
    let restarted = server(&store, master_key());
    let second = restarted.load.run().await.unwrap();
    assert_eq!(restarted.generator.made(), 0);
    assert_eq!(first.jwks, second.jwks);
}

#[tokio::test]
async fn a_stored_key_keeps_its_algorithm_when_another_is_configured() {
    let store = empty_store();
    let mut first = server(&store, master_key());
    first.load.algorithm = SigningAlgorithm::Es256;
    first.load.run().await.unwrap();
    assert_eq!(
        store.load().await.unwrap()[0].record.algorithm,
        SigningAlgorithm::Es256
    );
    let restarted = server(&store, master_key());
    let loaded = restarted.load.run().await.unwrap();
    assert_eq!(loaded.active.algorithm(), SigningAlgorithm::Es256);
    assert_eq!(restarted.generator.made(), 0);
}

#[tokio::test]
async fn of_two_servers_that_start_at_once_both_sign_with_one_key() {
    let store = empty_store();
    let (one, other) = (server(&store, master_key()), server(&store, master_key()));
    // Make the second server's own key another one than the first's.
    let _ = signet::ports::KeyGenerator::generate(
        &*other.generator,
        SigningAlgorithm::Rs256,
        RsaKeySize::Bits2048,
    )
    .await;
    let (one, other) = tokio::join!(one.load.run(), other.load.run());
    assert_eq!(one.unwrap().active.kid(), other.unwrap().active.kid());
    assert_eq!(store.load().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_published_is_what_signs() {
    let store = empty_store();
    let server = server(&store, master_key());
    let loaded = server.load.run().await.unwrap();
    let publish = PublishKeys {
        ring: server.load.ring.clone(),
    };
    assert_eq!(publish.run().unwrap().jwks, loaded.jwks);
    let kid = loaded.active.kid().as_str();
    assert!(loaded.jwks.json().contains(kid));
}

#[tokio::test]
async fn a_wrong_master_key_is_refused_with_the_kid_and_the_master_key_id_it_wants() {
    let store = empty_store();
    server(&store, master_key()).load.run().await.unwrap();
    let before = store.load().await.unwrap();
    let wrong = server(&store, another_master_key());
    let error = wrong.load.run().await.unwrap_err();
    let LoadKeysError::Unopened(unopened) = &error else {
        panic!("{error}")
    };
    let kid = before[0].record.kid.clone();
    let wanted = master_key().id();
    assert_eq!(
        unopened.keys,
        [(kid.clone(), OpenError::OtherMasterKey(wanted))]
    );
    let message = error.to_string();
    assert!(
        message.contains(kid.as_str()) && message.contains(&wanted.to_string()),
        "{message}"
    );
    assert_eq!(store.load().await.unwrap(), before);
    assert!(wrong.load.ring.current().is_none());
}

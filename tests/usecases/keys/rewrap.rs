use std::sync::Arc;

use signet::{
    crypto::MasterKeys,
    usecases::keys::{KeysError, Rewrapped},
};

use super::server::Server;
use crate::support::fixtures::{an_initiator, another_master_key, master_key};

/// The same store as seen by a server with the new and the old master key.
fn with_both(server: &Server) -> Server {
    let mut both = Server::on(server.store.clone());
    both.master_keys = Arc::new(MasterKeys::new(another_master_key(), vec![master_key()]));
    both
}

#[tokio::test]
async fn every_key_is_rewrapped_once() {
    let server = Server::new();
    server.maintain().run().await.unwrap();
    let both = with_both(&server);
    let first = both.rewrap().run(&an_initiator()).await.unwrap();
    assert_eq!(
        first,
        Rewrapped {
            changed: 3,
            unchanged: 0
        }
    );
    let second = both.rewrap().run(&an_initiator()).await.unwrap();
    assert_eq!(
        second,
        Rewrapped {
            changed: 0,
            unchanged: 3
        }
    );
}

#[tokio::test]
async fn afterwards_the_new_master_key_alone_opens_the_same_keys() {
    let server = Server::new();
    let before = server.maintain().run().await.unwrap();
    with_both(&server)
        .rewrap()
        .run(&an_initiator())
        .await
        .unwrap();
    let mut new = Server::on(server.store.clone());
    new.master_keys = Arc::new(MasterKeys::new(another_master_key(), Vec::new()));
    let after = new.maintain().run().await.unwrap();
    assert_eq!(after.jwks, before.jwks);
    assert!(server.maintain().run().await.is_err());
}

#[tokio::test]
async fn a_missing_previous_master_key_is_named_and_nothing_changes() {
    let server = Server::new();
    server.maintain().run().await.unwrap();
    let before = server.keys().await;
    let mut new = Server::on(server.store.clone());
    new.master_keys = Arc::new(MasterKeys::new(another_master_key(), Vec::new()));
    let error = new.rewrap().run(&an_initiator()).await.unwrap_err();
    assert!(matches!(error, KeysError::Unopened(_)), "{error}");
    assert!(error.to_string().contains(&master_key().id().to_string()));
    assert_eq!(server.keys().await, before);
}

#[tokio::test]
async fn a_running_server_that_lacks_the_new_key_keeps_what_it_has_and_warns() {
    let server = Server::new();
    let maintain = server.maintain();
    let before = maintain.run().await.unwrap();
    assert!(before.warnings.is_empty());
    with_both(&server)
        .rewrap()
        .run(&an_initiator())
        .await
        .unwrap();
    let after = maintain.run().await.unwrap();
    assert_eq!(after.jwks, before.jwks);
    assert_eq!(after.warnings.len(), 3);
    assert!(after.warnings[0].contains(&another_master_key().id().to_string()));
}

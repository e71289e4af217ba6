use reqwest::Client;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::Value;

use super::{
    DATABASE, assert_logs_in, assert_not_ready, assert_ready, assert_unavailable, get, log_in,
    register, registered, start,
};
use crate::support::database::connect;

#[tokio::test]
async fn a_lock_that_another_process_holds_too_long_loses_nothing_and_heals_with_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let ada = registered(&server, "ada").await;
    let session: Value = log_in(&server, &ada).await.json().await.unwrap();
    let token = session["access_token"].as_str().unwrap();
    let other = connect(&dir.path().join(DATABASE)).await;
    let lock = other.begin().await.unwrap();
    lock.execute_unprepared("PRAGMA user_version = 0")
        .await
        .unwrap();
    assert_unavailable(register(&server, "bob").await).await;
    assert_not_ready(&server).await;
    // Who only reads does not wait for it: the answers come while it is held.
    let keys = get(&server, "/.well-known/jwks.json").await;
    assert_eq!(keys.status(), 200);
    let me = Client::new().get(server.url("/me")).bearer_auth(token);
    let me = me.send().await.unwrap();
    assert_eq!(me.status(), 200);
    let me: Value = me.json().await.unwrap();
    assert_eq!(me["username"], "ada");

    lock.rollback().await.unwrap();
    assert_ready(&server).await;
    let bob = registered(&server, "bob").await;
    for account in [ada, bob] {
        assert_logs_in(&server, &account).await;
    }
}

use serde_json::Value;

use super::{assert_done, keys, start, with_keys};
use crate::support::{database, process::text};

#[tokio::test]
async fn export_prints_what_is_published_and_never_private_members() {
    let dir = with_keys();
    // Even where someone wrote them into the database.
    let plant = "UPDATE keys SET public_jwk = json_set(public_jwk, '$.d', 'c2VjcmV0')";
    database::execute(&dir.path().join("data/signet.db"), plant).await;
    let output = keys(dir.path(), &["export", "--format", "jwks"]);
    assert_done(&output);
    let jwks: Value = serde_json::from_slice(&output.stdout).unwrap();
    let exported = jwks["keys"].as_array().unwrap();
    assert_eq!(exported.len(), 2);
    for key in exported {
        for member in ["d", "p", "q", "dp", "dq", "qi"] {
            assert!(key.get(member).is_none(), "{member}");
        }
    }
    let server = start(dir.path());
    let url = server.url("/.well-known/jwks.json");
    let answer: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(jwks, answer);
    server.stop();
    let pem = text(&keys(dir.path(), &["export", "--format", "pem"]).stdout);
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n") && !pem.contains("PRIVATE"));
}

use serde_json::Value;

use crate::support::process::{MASTER_KEY, RunningServer, run, signet, text};

/// A folder in which a server ran.
fn served() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY)).stop();
    dir
}

#[tokio::test]
async fn a_client_gets_a_token_until_it_is_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let create = ["clients", "create", "billing", "--scope", "read", "--json"];
    let created = run(signet(dir.path()).args(create));
    assert!(created.status.success(), "{}", text(&created.stderr));
    let client: Value = serde_json::from_slice(&created.stdout).unwrap();
    let (id, secret) = (
        client["client_id"].as_str(),
        client["client_secret"].as_str(),
    );
    let ask = || {
        reqwest::Client::new()
            .post(server.url("/token"))
            .basic_auth(id.unwrap(), secret)
            .form(&[("grant_type", "client_credentials")])
            .send()
    };
    assert_eq!(ask().await.unwrap().status(), 200);
    let deleted = run(signet(dir.path()).args(["clients", "delete", id.unwrap(), "--json"]));
    assert!(deleted.status.success(), "{}", text(&deleted.stderr));
    assert_eq!(ask().await.unwrap().status(), 401);
}

#[test]
fn the_list_shows_everything_but_secrets() {
    let dir = served();
    let create = [
        "clients",
        "create",
        "billing",
        "--scope",
        "b a",
        "--audience",
        "api",
    ];
    let created = text(&run(signet(dir.path()).args(create)).stdout);
    let secret = created
        .lines()
        .find_map(|line| line.strip_prefix("client_secret\t"));
    let secret = secret.unwrap();
    let listed = text(&run(signet(dir.path()).args(["clients", "list"])).stdout);
    for expected in ["billing", "a b", "api"] {
        assert!(listed.contains(expected), "{listed}");
    }
    let json = run(signet(dir.path()).args(["clients", "list", "--json"]));
    let clients: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(clients[0]["scope"], "a b");
    assert_eq!(clients[0]["audience"], "api");
    assert!(!listed.contains(secret) && !text(&json.stdout).contains(secret));
    let stored = std::fs::read(dir.path().join("data/signet.db")).unwrap();
    let found = stored.windows(secret.len()).any(|w| w == secret.as_bytes());
    assert!(!found, "the secret is in the database");
}

#[test]
fn what_cannot_be_a_client_is_refused() {
    let dir = served();
    for (arguments, code) in [
        (vec!["clients", "create", "a b"], 2),
        (vec!["clients", "create", "a", "--scope", "x\"y"], 2),
        (vec!["clients", "create", "a", "--audience", ""], 2),
        (vec!["clients", "delete", "nobody"], 1),
    ] {
        let output = run(signet(dir.path()).args(&arguments));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
    let create = ["clients", "create", "billing"];
    assert!(run(signet(dir.path()).args(create)).status.success());
    let again = run(signet(dir.path()).args(["clients", "create", "BILLING"]));
    assert_eq!(again.status.code(), Some(1));
}

use crate::support::process::{MASTER_KEY, RunningServer, signet};

#[tokio::test]
async fn the_most_talkative_log_holds_no_password_token_or_key() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_LOG", "trace");
    let server = RunningServer::start(&mut command);
    let ada = server.register("ada").await.unwrap();
    let password = ada["password"].as_str().unwrap();
    let login = server.log_in("ada", password).await.unwrap();
    let token = login["access_token"].as_str().unwrap();
    server.log_in("ada", "a-wrong-password").await.unwrap_err();
    server
        .log_in("a-name-nobody-has", "another-wrong-password")
        .await
        .unwrap_err();
    let (_, log) = server.stop();
    assert!(log.contains("/auth"), "the log tells of the requests");
    for secret in [
        password,
        token,
        token.rsplit('.').next().unwrap(),
        MASTER_KEY,
        "a-wrong-password",
        "another-wrong-password",
        "a-name-nobody-has",
        "argon2id$",
    ] {
        assert!(!log.contains(secret), "{secret}");
    }
}

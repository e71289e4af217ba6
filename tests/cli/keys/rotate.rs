use chrono::DateTime;

use signet::{adapters::system::SystemClock, ports::Clock};

use super::{
    assert_done, command, in_state, keys, list, publish_next_long_ago, start, token, with_keys,
};
use crate::support::{
    process::{run, text},
    verifier::verify,
};

#[test]
fn a_rotation_too_early_tells_from_when_it_may_and_changes_nothing() {
    let dir = with_keys();
    let before = list(dir.path());
    let output = keys(dir.path(), &["rotate"]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    let time = message.split("may sign from ").nth(1).unwrap();
    let time = DateTime::parse_from_rfc3339(time.split(',').next().unwrap()).unwrap();
    let published = before[1]["published_at"].as_str().unwrap();
    let ahead = time - DateTime::parse_from_rfc3339(published).unwrap();
    // 300 s + 60 s + 60 s + 10 s, rounded up to the second.
    assert!((430_000..=431_000).contains(&ahead.num_milliseconds()));
    assert_eq!(list(dir.path()), before);
}

#[tokio::test]
async fn a_next_key_that_was_published_long_enough_takes_over() {
    let dir = with_keys();
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    publish_next_long_ago(dir.path()).await;
    let output = keys(dir.path(), &["rotate"]);
    assert_done(&output);
    let said = text(&output.stdout);
    assert!(said.contains(&active) && said.contains(&next), "{said}");
    assert_eq!(in_state(dir.path(), "retired"), active);
    assert_eq!(in_state(dir.path(), "active"), next);
    assert_eq!(list(dir.path()).len(), 3);
}

#[test]
fn an_algorithm_that_is_unknown_is_refused() {
    let dir = with_keys();
    let output = keys(dir.path(), &["rotate", "--algorithm", "HS256"]);
    assert_eq!(output.status.code(), Some(2));
}

#[tokio::test]
async fn a_wrong_master_key_makes_no_key() {
    let dir = with_keys();
    publish_next_long_ago(dir.path()).await;
    let before = list(dir.path());
    let mut command = command(dir.path());
    command.env("NOT_MY_KEY", "another master key of 32 bytes!!");
    let output = run(command.args(["keys", "rotate"]));
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(list(dir.path()), before);
}

#[tokio::test]
async fn another_algorithm_signs_when_every_verifier_knows_its_key() {
    let dir = with_keys();
    let (rsa, unused) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    let change_over = || keys(dir.path(), &["rotate", "--algorithm", "ES256"]);
    // Even where the next key may sign already: verifiers do not know the new one.
    publish_next_long_ago(dir.path()).await;
    let output = change_over();
    assert_eq!(output.status.code(), Some(1));
    let elliptic = in_state(dir.path(), "next");
    let message = text(&output.stderr);
    for words in [&unused, &elliptic, "published from now on", "may sign from"] {
        assert!(message.contains(words), "{words} in {message}");
    }
    assert_eq!(in_state(dir.path(), "active"), rsa);
    assert_eq!(in_state(dir.path(), "expired"), unused);
    // Asking again does not start over.
    let before = list(dir.path());
    let output = change_over();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nothing was changed"));
    assert_eq!(list(dir.path()), before);

    publish_next_long_ago(dir.path()).await;
    assert_done(&change_over());
    assert_eq!(in_state(dir.path(), "active"), elliptic);
    assert_eq!(in_state(dir.path(), "retired"), rsa);
    let keys = list(dir.path());
    let next = keys.iter().find(|key| key["state"] == "next").unwrap();
    assert_eq!(next["algorithm"], "ES256");
}

#[tokio::test]
async fn tokens_of_both_algorithms_verify_while_one_follows_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let old = token(&server, "ada").await;
    server.stop();
    let change_over = || keys(dir.path(), &["rotate", "--algorithm", "ES256"]);
    assert_eq!(change_over().status.code(), Some(1));
    publish_next_long_ago(dir.path()).await;
    assert_done(&change_over());
    let server = start(dir.path());
    let new = token(&server, "grace").await;
    server.stop();
    let export = keys(dir.path(), &["export", "--format", "jwks"]).stdout;
    let jwks = serde_json::from_slice(&export).unwrap();
    for (token, algorithm) in [(old, "RS256"), (new, "ES256")] {
        let verified = verify(&token, &jwks, SystemClock::new().now()).unwrap();
        assert_eq!(verified.header["alg"], algorithm);
    }
}

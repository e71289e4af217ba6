use std::{path::Path, time::Duration};

use super::{assert_done, command, in_state, keys, list, published, signs, start, with_keys};
use crate::support::{process::text, terminal::Terminal};

/// The reread interval of the servers, and what one may take to answer on a
/// busy machine. The staleness, which it must not take, is a minute.
const FOLLOWS_WITHIN: Duration = Duration::from_secs(1 + 5);

#[tokio::test]
async fn a_revoked_active_key_is_gone_and_the_next_one_signs() {
    let dir = with_keys();
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    let output = keys(dir.path(), &["revoke", &active, "--yes"]);
    assert_done(&output);
    let said = text(&output.stdout);
    for words in ["All tokens", "expires at", &next, "SIGNET_KEY_REFRESH"] {
        assert!(said.contains(words), "{words} in {said}");
    }
    let revoked = &list(dir.path())[0];
    assert_eq!(revoked["state"], "expired");
    assert!(revoked["master_key_id"].is_null());
    let server = start(dir.path());
    assert!(!published(&server).await.contains(&active));
    assert_eq!(signs(&server).await, next);
    server.stop();
}

#[tokio::test]
async fn a_running_server_drops_a_revoked_key_within_the_reread_interval() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let (active, next) = (in_state(dir.path(), "active"), in_state(dir.path(), "next"));
    assert!(published(&server).await.contains(&active));
    assert_done(&keys(dir.path(), &["revoke", &active, "--yes"]));
    let dropped = async {
        while published(&server).await.contains(&active) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(FOLLOWS_WITHIN, dropped).await.unwrap();
    assert_eq!(signs(&server).await, next);
    server.stop();
}

#[test]
fn a_revocation_that_nobody_confirms_changes_nothing() {
    let dir = with_keys();
    let before = list(dir.path());
    let output = keys(dir.path(), &["revoke", &in_state(dir.path(), "active")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--yes"));
    assert!(text(&output.stdout).contains("All tokens that it signed die"));
    assert_eq!(list(dir.path()), before);
}

/// What the terminal shows and how it ends when the question is answered so.
fn answered(dir: &Path, kid: &str, answer: &str) -> (Option<i32>, String) {
    let mut command = command(dir);
    command.args(["keys", "revoke", kid]);
    let mut terminal = Terminal::run(command);
    terminal.wait_for("All tokens that it signed die");
    terminal.wait_for("Revoke it? Type yes: ");
    terminal.type_line(answer);
    let (status, shown) = terminal.end();
    (status.code(), shown)
}

#[test]
fn an_operator_who_does_not_answer_yes_changes_nothing() {
    let dir = with_keys();
    let active = in_state(dir.path(), "active");
    let before = list(dir.path());
    for answer in ["no", "", "y", "yes, but"] {
        let (code, shown) = answered(dir.path(), &active, answer);
        assert_eq!(code, Some(1), "{shown}");
        assert!(shown.contains("nothing was changed"), "{shown}");
        assert_eq!(list(dir.path()), before);
    }
}

#[test]
fn an_operator_who_answers_yes_revokes_the_key() {
    let dir = with_keys();
    let active = in_state(dir.path(), "active");
    let (code, shown) = answered(dir.path(), &active, "yes");
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains(&format!("Key {active} is revoked.")));
    assert_eq!(in_state(dir.path(), "expired"), active);
}

#[test]
fn a_key_that_is_not_there_cannot_be_revoked_or_exported() {
    let dir = with_keys();
    for args in [
        &["revoke", "nobody", "--yes"][..],
        &["export", "--format", "pem", "nobody"],
    ] {
        let output = keys(dir.path(), args);
        assert_eq!(output.status.code(), Some(1));
        let message = text(&output.stderr);
        assert!(message.contains("nobody") && message.contains("signet keys list"));
    }
}

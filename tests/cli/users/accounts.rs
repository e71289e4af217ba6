use serde_json::json;

use super::{assert_done, create, json_of, migrated, rows, users};
use crate::support::{
    process::{MASTER_KEY, RunningServer, signet, text},
    terminal::Terminal,
};

#[tokio::test]
async fn the_first_admin_is_made_before_any_server_runs_and_logs_in() {
    let dir = migrated();
    let created = create(
        dir.path(),
        "Ada",
        &["--role", "admin", "--display-name", "A L"],
    );
    let fields: Vec<_> = created.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["id", "password", "username"]);
    assert_eq!(created["username"], "Ada");
    let shown = json_of(dir.path(), &["show", "ADA"]);
    assert_eq!(shown["id"], created["id"]);
    assert_eq!(shown["email"], "Ada@example.com");
    assert_eq!(shown["display_name"], "A L");
    assert_eq!(shown["roles"], json!(["admin"]));
    assert_eq!(shown["last_login"], json!(null));
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let password = created["password"].as_str().unwrap();
    assert!(server.log_in("ada", password).await.is_ok());
    server.stop();
    let stored = std::fs::read(dir.path().join("data/signet.db")).unwrap();
    let found = stored.windows(36).any(|w| w == password.as_bytes());
    assert!(!found, "the password is in the database");
}

#[test]
fn the_password_is_shown_once() {
    let dir = migrated();
    let create = ["create", "ada", "--email", "ada@example.com"];
    let created = text(&users(dir.path(), &create).stdout);
    let password = created
        .lines()
        .find_map(|line| line.strip_prefix("password\t"));
    let password = password.unwrap();
    for args in [&["show", "ada"][..], &["list"], &["show", "ada", "--json"]] {
        assert!(!text(&users(dir.path(), args).stdout).contains(password));
    }
}

#[test]
fn accounts_are_named_by_username_in_any_case_or_by_id() {
    let dir = migrated();
    let ada = create(dir.path(), "ada", &[]);
    let id = ada["id"].as_str().unwrap();
    for name in ["ada", "ADA", id, &id.to_uppercase()] {
        assert_eq!(json_of(dir.path(), &["show", name])["id"], id, "{name}");
    }
    let shown = text(&users(dir.path(), &["show", "ada"]).stdout);
    for expected in [id, "ada@example.com", "active", "never"] {
        assert!(shown.contains(expected), "{shown}");
    }
}

#[tokio::test]
async fn a_reset_password_replaces_the_former_one() {
    let dir = migrated();
    let former = create(dir.path(), "ada", &[]);
    let reset = json_of(dir.path(), &["reset-password", "ada"]);
    assert_eq!(
        (&reset["id"], &reset["username"]),
        (&former["id"], &json!("ada"))
    );
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let log_in = |password: &serde_json::Value| {
        let password = password.as_str().unwrap().to_owned();
        let server = &server;
        async move { server.log_in("ada", &password).await.is_ok() }
    };
    assert!(!log_in(&former["password"]).await);
    assert!(log_in(&reset["password"]).await);
    server.stop();
}

#[tokio::test]
async fn a_disabled_account_is_logged_out_and_in_again_once_it_is_enabled() {
    let dir = migrated();
    let ada = create(dir.path(), "ada", &[]);
    let password = ada["password"].as_str().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let login = server.log_in("ada", password).await.unwrap();
    let me = || {
        let token = login["access_token"].as_str().unwrap();
        reqwest::Client::new()
            .get(server.url("/me"))
            .bearer_auth(token)
            .send()
    };
    assert_eq!(me().await.unwrap().status(), 200);
    assert_eq!(
        json_of(dir.path(), &["disable", "ada"])["status"],
        "disabled"
    );
    assert_eq!(me().await.unwrap().status(), 401);
    assert!(server.log_in("ada", password).await.is_err());
    assert_eq!(json_of(dir.path(), &["enable", "ada"])["status"], "active");
    assert!(server.log_in("ada", password).await.is_ok());
    server.stop();
}

#[test]
fn roles_are_granted_and_revoked() {
    let dir = migrated();
    create(dir.path(), "ada", &[]);
    let granted = json_of(dir.path(), &["grant", "ada", "editor"]);
    assert_eq!(granted["roles"], json!(["editor"]));
    let granted = json_of(dir.path(), &["grant", "ada", "admin"]);
    assert_eq!(granted["roles"], json!(["admin", "editor"]));
    let revoked = json_of(dir.path(), &["revoke", "ada", "editor"]);
    assert_eq!(revoked["roles"], json!(["admin"]));
}

#[test]
fn the_last_admin_stays_one() {
    let dir = migrated();
    create(dir.path(), "ada", &["--role", "admin"]);
    let before = json_of(dir.path(), &["show", "ada"]);
    for args in [
        &["revoke", "ada", "admin"][..],
        &["disable", "ada"],
        &["delete", "ada", "--yes"],
    ] {
        let refused = users(dir.path(), args);
        assert_eq!(refused.status.code(), Some(1), "{args:?}");
        assert!(text(&refused.stderr).contains("last active account"));
        assert_eq!(json_of(dir.path(), &["show", "ada"]), before);
    }
    create(dir.path(), "bob", &["--role", "admin"]);
    assert_done(&users(dir.path(), &["delete", "ada", "--yes"]));
}

#[tokio::test]
async fn every_change_is_an_event_of_the_command_line() {
    let dir = migrated();
    create(dir.path(), "ada", &[]);
    for args in [
        &["grant", "ada", "editor"][..],
        &["revoke", "ada", "editor"],
        &["disable", "ada"],
        &["enable", "ada"],
        &["reset-password", "ada"],
        &["delete", "ada", "--yes"],
    ] {
        assert_done(&users(dir.path(), args));
    }
    let events = rows(
        dir.path(),
        "SELECT action, actor FROM audit_events ORDER BY id",
    )
    .await;
    let expected = [
        "user.create",
        "user.update",
        "user.update",
        "user.update",
        "user.update",
        "user.reset_password",
        "user.delete",
    ];
    assert_eq!(events, expected.map(|action| [action, "command_line"]));
}

#[test]
fn a_deletion_that_nobody_confirms_changes_nothing() {
    let dir = migrated();
    create(dir.path(), "ada", &[]);
    let refused = users(dir.path(), &["delete", "ada"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--yes"));
    for (answer, code) in [("no", 1), ("", 1), ("y", 1), ("yes", 0)] {
        assert_done(&users(dir.path(), &["show", "ada"]));
        let mut command = signet(dir.path());
        command.args(["users", "delete", "ADA"]);
        let mut terminal = Terminal::run(command);
        terminal.wait_for("Delete account ada (ada@example.com, ");
        terminal.wait_for("Type yes: ");
        terminal.type_line(answer);
        let (status, shown) = terminal.end();
        assert_eq!(status.code(), Some(code), "{shown}");
    }
    assert_eq!(users(dir.path(), &["show", "ada"]).status.code(), Some(1));
}

#[test]
fn what_cannot_be_done_is_told_with_an_exit_code() {
    let dir = migrated();
    create(dir.path(), "ada", &[]);
    let create = |name, email| vec!["create", name, "--email", email];
    let too_long = "r".repeat(65);
    for (args, code, words) in [
        (create("ADA", "new@example.com"), 1, "account ADA already"),
        (
            create("bob", "ADA@example.com"),
            1,
            "has the e-mail address",
        ),
        (
            create("a", "nowhere"),
            2,
            "username must have 3 to 64 characters",
        ),
        (
            create("a", "nowhere"),
            2,
            "; email is not an e-mail address",
        ),
        (vec!["create", "bob"], 2, "--email"),
        (vec!["show", "nobody"], 1, "no account \"nobody\""),
        (vec!["show", ""], 1, "no account"),
        (vec!["delete", "nobody", "--yes"], 1, "no account"),
        (vec!["reset-password", "nobody"], 1, "no account"),
        (vec!["enable", "nobody"], 1, "no account"),
        (vec!["grant", "nobody", "admin"], 1, "no account"),
        (
            vec!["grant", "ada", "a b"],
            2,
            "must have 1 to 64 characters",
        ),
        (
            vec!["grant", "ada", &too_long],
            2,
            "must have 1 to 64 characters",
        ),
    ] {
        let output = users(dir.path(), &args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        let said = text(&output.stderr);
        assert!(said.contains(words), "{args:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn without_a_database_nothing_is_made() {
    let dir = tempfile::tempdir().unwrap();
    for args in [&["list"][..], &["export"], &["show", "ada"]] {
        let output = users(dir.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

use std::{fs::File, os::unix::fs::PermissionsExt, path::Path};

use serde_json::{Value, json};

use super::{assert_done, create, fed, json_of, line, migrated, rows, users};
use crate::support::{
    foreign_hashes::{BCRYPT, FOREIGN_HASHES},
    process::{signet, text},
    verifier::part,
};

fn export(dir: &Path) -> String {
    let output = users(dir, &["export"]);
    assert_done(&output);
    text(&output.stdout)
}

/// What a table holds of the accounts.
async fn stored(dir: &Path) -> Vec<Vec<String>> {
    rows(
        dir,
        "SELECT id, username, username_folded, email, email_folded, display_name, password_hash, \
         status, roles, date_registered, (SELECT group_concat(role) FROM user_roles \
         WHERE user_id = id) FROM users ORDER BY username",
    )
    .await
}

#[tokio::test]
async fn an_export_fills_an_empty_database_with_equal_rows() {
    let dir = migrated();
    create(
        dir.path(),
        "ada",
        &["--role", "admin", "--display-name", "Ada \"L\" \u{1f511}"],
    );
    create(dir.path(), "bob", &["--role", "b", "--role", "a"]);
    assert_done(&users(dir.path(), &["disable", "bob"]));
    let mut file = String::new();
    for (number, (_, hash)) in FOREIGN_HASHES.iter().enumerate() {
        file += &line(&format!("user{number}")).replace(BCRYPT, hash);
    }
    assert_done(&fed(dir.path(), &["import", "-"], file.as_bytes()));
    let exported = export(dir.path());
    let other = migrated();
    assert_done(&fed(other.path(), &["import", "-"], exported.as_bytes()));
    let rows = stored(other.path()).await;
    assert_eq!(rows.len(), 2 + FOREIGN_HASHES.len());
    assert_eq!(rows, stored(dir.path()).await);
    assert_eq!(export(other.path()), exported);
    assert_eq!(export(dir.path()), exported);
}

#[tokio::test]
async fn a_password_and_the_sub_of_its_tokens_are_the_same_after_a_round_trip() {
    use crate::support::process::{MASTER_KEY, RunningServer};

    let (dir, other) = (migrated(), migrated());
    let ada = create(dir.path(), "ada", &[]);
    let exported = export(dir.path());
    assert!(
        exported.contains("\"password_hash\":\"signet:$argon2id$v=19$"),
        "{exported}"
    );
    assert_done(&fed(other.path(), &["import", "-"], exported.as_bytes()));
    let server = RunningServer::start(signet(other.path()).env("NOT_MY_KEY", MASTER_KEY));
    let password = ada["password"].as_str().unwrap();
    let login = server.log_in("ada", password).await.unwrap();
    let claims = part(login["access_token"].as_str().unwrap(), 1);
    assert_eq!(claims["sub"], ada["id"]);
    server.stop();
    let again = fed(
        other.path(),
        &["import", "-", "--json"],
        exported.as_bytes(),
    );
    assert_done(&again);
    assert!(text(&again.stdout).contains("\"already_there\":1"));
}

#[test]
fn what_was_imported_is_exported_as_it_was_given() {
    let dir = migrated();
    let account = json!({
        "id": "4057e765-97c5-4da6-8a3e-b6687e3c089c",
        "username": "Ada", "email": "Ada@example.com", "password_hash": BCRYPT,
        "roles": ["admin"], "status": "disabled", "display_name": "Ada Lovelace",
        "date_registered": "2015-12-10T12:00:00Z",
    });
    assert_done(&fed(
        dir.path(),
        &["import", "-"],
        account.to_string().as_bytes(),
    ));
    let exported: Value = serde_json::from_str(&export(dir.path())).unwrap();
    assert_eq!(exported, account);
    assert_eq!(
        json_of(dir.path(), &["list"])[0]["created"],
        "2015-12-10T12:00:00.000000Z"
    );
}

#[test]
fn a_file_that_others_can_read_is_warned_of() {
    let dir = migrated();
    create(dir.path(), "ada", &[]);
    let path = dir.path().join("users.jsonl");
    for (mode, warns) in [(0o644, true), (0o640, true), (0o600, false)] {
        let file = File::create(&path).unwrap();
        file.set_permissions(PermissionsExt::from_mode(mode))
            .unwrap();
        let mut command = signet(dir.path());
        let output = command.args(["users", "export"]).stdout(file).output();
        let output = output.unwrap();
        assert_done(&output);
        let warning = text(&output.stderr);
        assert_eq!(warning.contains("chmod 600"), warns, "{mode:o}: {warning}");
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1);
    }
}

#[test]
fn an_empty_database_is_exported_as_nothing() {
    assert_eq!(export(migrated().path()), "");
}

//! Users who come with a password hash of another system.

use reqwest::StatusCode;
use serde_json::Value;
use signet::domain::{ImportOutcome, ImportedUser, User};

use crate::support::{
    app::TestApp,
    fixtures::{an_act, new_user},
    foreign_hashes::{BCRYPT, COMPOSED, FOREIGN_HASHES, imported},
    problem::assert_problem,
};

async fn import(app: &TestApp, name: &str, hash: &str) {
    let user = User {
        password_hash: imported(hash),
        ..User::from(new_user(name, &format!("{name}@example.com")))
    };
    let keeps_id = false;
    let file = [ImportedUser { user, keeps_id }];
    let imported = app.ports.users.import(&file, &an_act()).await.unwrap();
    assert_eq!(imported, [ImportOutcome::Imported]);
}

async fn stored_hash(app: &TestApp) -> String {
    let rows = app.database.rows("SELECT password_hash FROM users").await;
    rows[0][0].clone()
}

#[tokio::test]
async fn the_first_login_replaces_an_imported_hash_and_the_next_ones_go_on() {
    for (number, (password, hash)) in FOREIGN_HASHES.into_iter().enumerate() {
        let app = TestApp::start().await;
        let name = format!("ada{number}");
        import(&app, &name, hash).await;
        assert_eq!(stored_hash(&app).await, format!("imported:{hash}"));
        let first = app.log_in(&name, password).await;
        assert_eq!(first.status(), StatusCode::OK, "{hash}");
        let body: Value = first.json().await.unwrap();
        assert!(body["access_token"].is_string());
        let replaced = stored_hash(&app).await;
        assert!(
            replaced.starts_with("$argon2id$v=19$m=8,t=1,p=1$"),
            "{replaced}"
        );
        let second = app.log_in(&name, password).await;
        assert_eq!(second.status(), StatusCode::OK, "{hash}");
        assert_eq!(stored_hash(&app).await, replaced);
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_replaces_nothing() {
    let app = TestApp::start().await;
    import(&app, "ada", BCRYPT).await;
    for wrong in [
        "correct hors",
        "correct horse ",
        "correct horse\0",
        COMPOSED,
    ] {
        let refused = app.log_in("ada", wrong).await;
        assert_problem(refused, StatusCode::UNAUTHORIZED, "invalid_credentials").await;
    }
    assert_eq!(stored_hash(&app).await, format!("imported:{BCRYPT}"));
}

#[tokio::test]
async fn a_disabled_account_with_the_right_password_is_refused_and_keeps_its_hash() {
    let app = TestApp::start().await;
    import(&app, "ada", BCRYPT).await;
    app.database
        .execute("UPDATE users SET status = 'disabled'")
        .await;
    let refused = app.log_in("ada", "correct horse").await;
    assert_problem(refused, StatusCode::UNAUTHORIZED, "invalid_credentials").await;
    assert_eq!(stored_hash(&app).await, format!("imported:{BCRYPT}"));
}

//! What a line may hold, and how it is refused.

use serde_json::{Value, json};
use signet::{
    domain::{AccountStatus, Timestamp, User},
    ports::Clock,
    usecases::accounts::RefusedLine,
};
use uuid::Version;

use super::{Fixture, ID, ada, with};
use crate::support::foreign_hashes::{BCRYPT, imported};

fn reason(line: &str) -> String {
    Fixture::new().read(line).unwrap_err().reason
}

#[test]
fn three_fields_are_enough() {
    let mut f = Fixture::new();
    let user = f.read(&ada().to_string()).unwrap();
    let expected = User {
        id: user.id,
        username: "ada".parse().unwrap(),
        email: "ada@example.com".parse().unwrap(),
        display_name: None,
        password_hash: imported(BCRYPT),
        status: AccountStatus::Active,
        roles: "".parse().unwrap(),
        date_registered: f.clock.now(),
        last_login: None,
    };
    assert_eq!(user, expected);
    assert_eq!(user.id.as_uuid().get_version(), Some(Version::Random));
}

#[test]
fn the_other_fields_are_taken_as_they_are_given() {
    let line = json!({
        "username": "Ada", "email": "Ada@Example.com", "password_hash": BCRYPT,
        "roles": ["editor", "admin"], "status": "disabled", "display_name": "Ada Lovelace",
        "date_registered": "2015-12-10T13:00:00.1234567+01:00",
    });
    let user = Fixture::new().read(&line.to_string()).unwrap();
    assert_eq!(user.username.as_str(), "Ada");
    assert_eq!(user.email.as_str(), "Ada@Example.com");
    assert_eq!(user.roles.to_string(), "admin editor");
    assert_eq!(user.status, AccountStatus::Disabled);
    assert_eq!(user.display_name, Some("Ada Lovelace".parse().unwrap()));
    let date: Timestamp = "2015-12-10T12:00:00.123456Z".parse().unwrap();
    assert_eq!(user.date_registered, date);
    let user = Fixture::new().read(&with("roles", json!(["b", "a", "b"])));
    assert_eq!(user.unwrap().roles.to_string(), "a b");
    for field in ["roles", "status", "display_name", "date_registered"] {
        assert!(Fixture::new().read(&with(field, Value::Null)).is_ok());
    }
}

#[test]
fn a_line_that_is_no_account_is_refused_for_what_is_wrong_with_it() {
    for (line, expected) in [
        (String::new(), "it is not a JSON object"),
        ("[]".to_owned(), "it is not a JSON object"),
        ("{".to_owned(), "it is not a JSON object: EOF while parsing"),
        (with("username", json!("a")), "username must have 3 to 64"),
        (with("username", json!(7)), "username must be a string"),
        (with("username", Value::Null), "username must be a string"),
        (with("email", json!("nowhere")), "email is not an e-mail"),
        (
            with("password_hash", json!("md5")),
            "password_hash must be a bcrypt",
        ),
        (
            with("roles", json!("admin")),
            "roles must be an array of strings",
        ),
        (
            with("roles", json!([1])),
            "roles must be an array of strings",
        ),
        (with("roles", json!(["a b"])), "roles must have 1 to 64"),
        (
            with("status", json!("asleep")),
            "status must be \"active\" or",
        ),
        (
            with("display_name", json!("a\tb")),
            "display_name must have",
        ),
        (
            with("date_registered", json!(1_700_000_000)),
            "date_registered must be a string",
        ),
        (
            with("date_registered", json!("yesterday")),
            "date_registered must be a date",
        ),
        (
            with("date_registered", json!("2015-12-10")),
            "date_registered must be a date",
        ),
        (
            with("date_registered", json!("1969-12-31T23:59:59Z")),
            "date_registered must not",
        ),
        (
            with("date_registered", json!("2999-01-01T00:00:00Z")),
            "date_registered lies in",
        ),
        (with("uid", json!("x")), "uid is not a field of an account"),
        (with("id", json!(7)), "id must be a string"),
        (with("id", json!("x")), "id must be a UUID"),
        (with("id", json!(ID.replace('-', ""))), "id must be a UUID"),
        (with("id", json!(format!("{{{ID}}}"))), "id must be a UUID"),
        (
            with("id", json!("00000000-0000-0000-0000-000000000000")),
            "id must not be the nil UUID",
        ),
        (
            with("pass\u{1b}word", json!("x")),
            "pass\\u{1b}word is not a field",
        ),
    ] {
        let reason = reason(&line);
        assert!(reason.starts_with(expected), "{reason}");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let reason = reason(r#"{"username":"a","email":"x","roles":"y"}"#);
    for field in [
        "username ",
        "; email ",
        "; password_hash is required",
        "; roles ",
    ] {
        assert!(reason.contains(field), "{reason}");
    }
}

#[test]
fn a_field_that_stands_twice_is_refused() {
    let line = ada()
        .to_string()
        .replacen('{', r#"{"roles":[],"roles":["admin"],"#, 1);
    let reason = reason(&line);
    assert!(reason.contains("a field stands twice"), "{reason}");
}

#[test]
fn a_refusal_repeats_no_hash_wherever_it_stands() {
    for field in [
        "username",
        "email",
        "roles",
        "status",
        "display_name",
        "date_registered",
    ] {
        let refused = Fixture::new().read(&with(field, json!(BCRYPT)));
        // What cannot be told from a name is shown as one.
        if let Err(RefusedLine { reason, .. }) = refused {
            assert!(!reason.contains("$2b$"), "{reason}");
        }
    }
    for line in [
        json!(BCRYPT).to_string(),
        json!([BCRYPT]).to_string(),
        format!("{{\"password_hash\": {BCRYPT}}}"),
        with("password_hash", json!(BCRYPT.replace("$2b$04", "$2b$31"))),
    ] {
        let reason = reason(&line);
        assert!(!reason.contains(&BCRYPT[10..20]), "{reason}");
    }
}

#[test]
fn a_refusal_shows_whose_line_it_is_in_a_bounded_length() {
    let refused = Fixture::new().read(&with("email", json!("nowhere")));
    assert_eq!(refused.unwrap_err().username.as_deref(), Some("ada"));
    let refused = Fixture::new().read(&with("username", json!("x".repeat(60_000))));
    assert_eq!(
        refused.unwrap_err().username.unwrap().len(),
        RefusedLine::SHOWN
    );
}

#[test]
fn a_refusal_is_short_however_much_is_wrong() {
    let mut account = ada();
    for number in 0..5000 {
        account[format!("field{number}")] = json!(number);
    }
    account["x".repeat(60_000)] = json!(0);
    assert!(reason(&account.to_string()).len() < 1000);
}

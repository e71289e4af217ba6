//! Files of accounts: what a line may hold, and what comes back of what was written.

use std::{sync::Arc, time::Duration};

use chrono::SubsecRound;
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use signet::{
    adapters::memory::MemoryStore,
    domain::{
        AccountStatus, Argon2Params, ImportOutcome, ImportedUser, PasswordHash, Timestamp, User,
        UserId, Username,
    },
    ports::Clock,
    usecases::{
        Initiator,
        accounts::{ImportMode, ImportUsers, NamesSoFar, RefusedLine, UserRecord},
    },
};
use uuid::{Uuid, Version};

use crate::support::{
    clock::ManualClock,
    entropy::CountingEntropy,
    fixtures::a_hash,
    foreign_hashes::{BCRYPT, FOREIGN_HASHES, imported},
};

struct Fixture {
    clock: Arc<ManualClock>,
    import: ImportUsers,
    names: NamesSoFar,
    number: u64,
}

impl Fixture {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new());
        Self {
            clock: clock.clone(),
            import: ImportUsers {
                users: Arc::new(MemoryStore::default()),
                clock,
                entropy: Arc::new(CountingEntropy::default()),
                argon2: Argon2Params::default(),
            },
            names: NamesSoFar::default(),
            number: 0,
        }
    }

    /// Reads the next line.
    fn read(&mut self, line: &str) -> Result<User, RefusedLine> {
        self.read_whole(line).map(|imported| imported.user)
    }

    fn read_whole(&mut self, line: &str) -> Result<ImportedUser, RefusedLine> {
        self.number += 1;
        self.import
            .read(line.as_bytes(), self.number, &mut self.names)
    }
}

const ID: &str = "4057e765-97c5-4da6-8a3e-b6687e3c089c";

fn ada() -> Value {
    json!({ "username": "ada", "email": "ada@example.com", "password_hash": BCRYPT })
}

fn with(field: &str, value: Value) -> String {
    let mut account = ada();
    account[field] = value;
    account.to_string()
}

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

#[test]
fn a_name_that_stands_in_an_earlier_line_is_refused() {
    let mut f = Fixture::new();
    f.read(&ada().to_string()).unwrap();
    f.read("not an account").unwrap_err();
    let again = f.read(&with("username", json!("ADA"))).unwrap_err();
    assert_eq!(again.reason, "username stands in line 1 already");
    let again = f.read(&with("username", json!("bob"))).unwrap_err();
    assert_eq!(again.reason, "email stands in line 1 already");
    // What was refused holds no name.
    let bob = json!({"username": "bob", "email": "bob@example.com", "password_hash": BCRYPT});
    f.read(&bob.to_string()).unwrap();
}

#[test]
fn an_id_is_kept_where_one_is_given_and_made_where_none_is() {
    for id in [ID.to_owned(), ID.to_uppercase()] {
        let read = Fixture::new().read_whole(&with("id", json!(id))).unwrap();
        assert_eq!(read.user.id.to_string(), ID);
        assert!(read.keeps_id);
    }
    for line in [ada().to_string(), with("id", Value::Null)] {
        let read = Fixture::new().read_whole(&line).unwrap();
        assert_ne!(read.user.id.to_string(), ID);
        assert!(!read.keeps_id);
    }
}

#[test]
fn an_id_that_stands_in_an_earlier_line_is_refused() {
    let mut f = Fixture::new();
    f.read(&with("id", json!(ID))).unwrap();
    let bob = json!({
        "id": ID.to_uppercase(), "username": "bob", "email": "bob@example.com",
        "password_hash": BCRYPT,
    });
    let again = f.read(&bob.to_string()).unwrap_err();
    assert_eq!(again.reason, "id stands in line 1 already");
}

#[test]
fn a_hash_of_ones_own_may_cost_what_the_settings_say_and_what_an_imported_one_may() {
    let own = |params: &str| {
        let hash = a_hash().to_string().replace("m=8,t=1,p=1", params);
        with("password_hash", json!(format!("signet:{hash}")))
    };
    let mut f = Fixture::new();
    f.import.argon2 = Argon2Params::new(524_288, 4, 1).unwrap();
    let user = f.read(&own("m=524288,t=4,p=1")).unwrap();
    assert!(matches!(user.password_hash, PasswordHash::Own(_)));
    for costly in ["m=524289,t=4,p=1", "m=524288,t=5,p=1", "m=1048576,t=64,p=1"] {
        let reason = f.read(&own(costly)).unwrap_err().reason;
        assert!(
            reason.starts_with("password_hash Argon2 memory"),
            "{reason}"
        );
    }
    f.import.argon2 = Argon2Params::new(8, 1, 1).unwrap();
    f.names = NamesSoFar::default();
    f.read(&own("m=262144,t=4,p=1")).unwrap();
}

#[tokio::test]
async fn a_dry_run_answers_as_the_import_does_and_leaves_no_account() {
    let mut f = Fixture::new();
    let users = [f.read_whole(&ada().to_string()).unwrap()];
    let by = Initiator::command_line();
    for mode in [ImportMode::DryRun, ImportMode::DryRun, ImportMode::Import] {
        let outcomes = f.import.run(&by, &users, mode).await.unwrap();
        assert_eq!(outcomes, [ImportOutcome::Imported]);
    }
    let outcomes = f.import.run(&by, &users, ImportMode::DryRun).await.unwrap();
    assert_eq!(outcomes, [ImportOutcome::AlreadyThere]);
}

fn any_hash() -> impl Strategy<Value = PasswordHash> {
    let mut hashes: Vec<_> = FOREIGN_HASHES.map(|(_, hash)| imported(hash)).into();
    hashes.push(a_hash());
    // The same text, made by another system.
    hashes.push(imported(&a_hash().to_string()));
    select(hashes)
}

prop_compose! {
    fn any_user()(
        username in "[a-zA-Z0-9._@+-]{3,64}",
        mailbox in "[a-zA-Z0-9]{1,60}",
        hash in any_hash(),
        disabled in any::<bool>(),
        roles in vec("[a-zA-Z0-9._:-]{1,64}", 0..=32),
        display_name in option::of("[^\\p{Cc}]{1,128}"),
        microseconds in 0..1_767_000_000_000_000_u64,
        id in 1..=u128::MAX,
    ) -> User {
        let date: Timestamp = "1970-01-01T00:00:00Z".parse().unwrap();
        User {
            id: UserId::new(Uuid::from_u128(id)),
            username: username.parse::<Username>().unwrap(),
            email: format!("{mailbox}@example.com").parse().unwrap(),
            display_name: display_name.map(|name| name.parse().unwrap()),
            password_hash: hash,
            status: if disabled { AccountStatus::Disabled } else { AccountStatus::Active },
            roles: roles.join(" ").parse().unwrap(),
            date_registered: date + Duration::from_micros(microseconds),
            last_login: None,
        }
    }
}

proptest! {
    #[test]
    fn what_is_exported_is_imported_as_it_was(user in any_user()) {
        let line = UserRecord::line_of(&user).unwrap();
        prop_assert!(!line.contains('\n'));
        let read = Fixture::new().read(&line).unwrap();
        prop_assert_eq!(read.date_registered, user.date_registered.trunc_subsecs(6));
        prop_assert_eq!(read, user);
    }

    #[test]
    fn no_bytes_make_reading_a_line_fail_otherwise(line in vec(any::<u8>(), 0..200)) {
        let mut names = NamesSoFar::default();
        let read = Fixture::new().import.read(&line, 1, &mut names);
        prop_assert!(read.is_err());
    }
}

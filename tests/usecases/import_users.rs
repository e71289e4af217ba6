//! Files of accounts: what a line may hold, and what comes back of what was written.

mod lines;

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
    usecases::{
        Initiator,
        accounts::{ImportMode, ImportUsers, NamesSoFar, RefusedLine, UserRecord},
    },
};
use uuid::Uuid;

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

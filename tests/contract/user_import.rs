//! Accounts that come from elsewhere.

mod ids;

use std::time::Duration;

use signet::{
    domain::{
        AccountStatus, Act, AuditAction, AuditFilter, AuditTarget, ImportOutcome, ImportedUser,
        PageRequest, PageSize, User, UserFilter,
    },
    ports::MOST_IMPORTED_AT_ONCE,
};
use tokio::task::JoinSet;

use crate::support::{
    fixtures::{a_hash, a_time, an_act, another_hash, new_user},
    foreign_hashes::{FOREIGN_HASHES, imported},
    store::{TestStore, alternate, on_every_store},
};

use ImportOutcome::{AlreadyThere, EmailTaken, Imported, UsernameTaken};

on_every_store![
    an_imported_account_is_found_as_it_was_given,
    an_imported_account_is_found_by_its_roles,
    taken_names_are_told_one_by_one_and_the_others_are_imported,
    an_account_is_judged_after_those_before_it,
    what_is_there_already_is_left_alone,
    another_hash_is_another_account,
    each_import_is_an_event_and_nothing_else_is,
    trying_answers_the_same_and_changes_nothing,
    the_most_at_once_are_imported_with_the_most_roles,
    nothing_to_import_is_no_error,
    of_concurrent_imports_of_one_file_each_account_is_imported_once,
    of_an_import_and_registrations_of_the_same_names_one_wins,
];

fn foreign(name: &str, email: &str) -> User {
    User {
        password_hash: imported(FOREIGN_HASHES[0].1),
        ..User::from(new_user(name, email))
    }
}

fn named(name: &str) -> User {
    foreign(name, &format!("{name}@example.com"))
}

/// Accounts whose ids are made for them here.
fn without_ids(users: &[User]) -> Vec<ImportedUser> {
    let imported = |user: &User| ImportedUser {
        user: user.clone(),
        keeps_id: false,
    };
    users.iter().map(imported).collect()
}

async fn import(store: &TestStore, users: &[User]) -> Vec<ImportOutcome> {
    let users = without_ids(users);
    store.users.import(&users, &an_act()).await.unwrap()
}

async fn all(store: &TestStore, filter: &UserFilter) -> Vec<User> {
    let mut request = PageRequest {
        size: PageSize::MAX,
        after: None,
    };
    let mut all = Vec::new();
    loop {
        let page = store.users.list(filter, &request).await.unwrap();
        all.extend(page.items);
        if page.next.is_none() {
            return all;
        }
        request.after = page.next;
    }
}

/// The newest events.
async fn events(store: &TestStore) -> Vec<(Act, AuditAction, AuditTarget)> {
    let page = PageRequest {
        size: PageSize::MAX,
        after: None,
    };
    let filter = AuditFilter::default();
    let listed = store.audit_log.list(&filter, &page).await.unwrap();
    let events = listed.items.into_iter();
    events
        .map(|(_, event)| (event.act, event.action, event.target))
        .collect()
}

async fn an_imported_account_is_found_as_it_was_given(store: &TestStore) {
    for (number, (_, hash)) in FOREIGN_HASHES.into_iter().enumerate() {
        let name = format!("Ada{number}");
        let user = User {
            email: format!("{name}@Example.com").parse().unwrap(),
            display_name: Some("Ada Lovelace".parse().unwrap()),
            status: AccountStatus::Disabled,
            roles: "admin editor".parse().unwrap(),
            date_registered: a_time() - Duration::from_hours(10_000),
            password_hash: imported(hash),
            ..named(&name)
        };
        assert_eq!(import(store, std::slice::from_ref(&user)).await, [Imported]);
        let found = store.users.find_by_username(&user.username).await;
        assert_eq!(found.unwrap(), Some(user.clone()));
    }
}

async fn an_imported_account_is_found_by_its_roles(store: &TestStore) {
    let editor = User {
        roles: "editor".parse().unwrap(),
        ..named("ada")
    };
    import(store, &[editor.clone(), named("bob")]).await;
    let filter = UserFilter {
        role: Some("editor".parse().unwrap()),
        ..UserFilter::default()
    };
    assert_eq!(all(store, &filter).await, [editor]);
}

async fn taken_names_are_told_one_by_one_and_the_others_are_imported(store: &TestStore) {
    let ada = new_user("ada", "ada@example.com");
    store.users.register(&ada, &an_act()).await.unwrap();
    let users = [
        named("bob"),
        foreign("ADA", "other@example.com"),
        foreign("eve", "ADA@example.com"),
        foreign("ada", "ada@example.com"),
        named("kim"),
    ];
    let expected = [Imported, UsernameTaken, EmailTaken, UsernameTaken, Imported];
    assert_eq!(import(store, &users).await, expected);
    let mut names: Vec<_> = all(store, &UserFilter::default())
        .await
        .iter()
        .map(|user| user.username.to_string())
        .collect();
    names.sort();
    assert_eq!(names, ["ada", "bob", "kim"]);
    let found = store.users.find(ada.id).await.unwrap();
    assert_eq!(found, Some(User::from(ada)));
}

async fn an_account_is_judged_after_those_before_it(store: &TestStore) {
    let users = [
        foreign("ada", "ada@example.com"),
        foreign("ADA", "two@example.com"),
        foreign("bob", "Ada@Example.com"),
        // Not taken by those that were refused.
        foreign("eve", "two@example.com"),
        foreign("bob", "bob@example.com"),
        foreign("Ada", "ADA@example.com"),
    ];
    let expected = [
        Imported,
        UsernameTaken,
        EmailTaken,
        Imported,
        Imported,
        AlreadyThere,
    ];
    assert_eq!(import(store, &users).await, expected);
    assert_eq!(all(store, &UserFilter::default()).await.len(), 3);
}

async fn what_is_there_already_is_left_alone(store: &TestStore) {
    let first = named("ada");
    import(store, std::slice::from_ref(&first)).await;
    let again = User {
        roles: "admin".parse().unwrap(),
        status: AccountStatus::Disabled,
        ..foreign("ADA", "Ada@example.com")
    };
    assert_eq!(
        import(store, &[again, named("bob")]).await,
        [AlreadyThere, Imported]
    );
    let found = store.users.find_by_username(&first.username).await;
    assert_eq!(found.unwrap(), Some(first));
    assert_eq!(events(store).await.len(), 2);
}

async fn another_hash_is_another_account(store: &TestStore) {
    let (own, other) = (a_hash(), another_hash());
    let foreign = imported(&own.to_string());
    for (number, hashes) in [[&own, &other], [&own, &foreign], [&foreign, &own]]
        .iter()
        .enumerate()
    {
        let with = |hash: &signet::domain::PasswordHash| User {
            password_hash: hash.clone(),
            ..named(&format!("user{number}"))
        };
        let [first, second] = hashes.map(with);
        assert_eq!(import(store, &[first]).await, [Imported]);
        assert_eq!(import(store, &[second]).await, [UsernameTaken]);
    }
}

async fn each_import_is_an_event_and_nothing_else_is(store: &TestStore) {
    let ada = User {
        roles: "admin".parse().unwrap(),
        ..named("ada")
    };
    let users = [ada.clone(), foreign("ADA", "x@example.com"), named("bob")];
    import(store, &users).await;
    import(store, &users).await;
    let event = |user: &User| {
        (
            an_act(),
            AuditAction::ImportUser,
            AuditTarget::User(user.id),
        )
    };
    assert_eq!(events(store).await, [event(&users[2]), event(&users[0])]);
    let filter = AuditFilter {
        target: Some(ada.id.to_string()),
        ..AuditFilter::default()
    };
    let found = store.audit_log.list(&filter, &PageRequest::default()).await;
    let (_, event) = &found.unwrap().items[0];
    assert_eq!(
        (&event.before, &event.after),
        (&None, &Some(ada.snapshot()))
    );
    let shown = serde_json::to_string(&event.after).unwrap();
    assert!(!shown.contains("$2b$"), "{shown}");
}

async fn trying_answers_the_same_and_changes_nothing(store: &TestStore) {
    let there = [named("ada"), named("kim")];
    import(store, &there).await;
    let users = [
        there[0].clone(),
        foreign("ADA", "x@example.com"),
        foreign("bob", "kim@example.com"),
        named("eve"),
        foreign("EVE", "y@example.com"),
    ];
    let tried = store.users.try_import(&without_ids(&users)).await.unwrap();
    assert_eq!(
        tried,
        [
            AlreadyThere,
            UsernameTaken,
            EmailTaken,
            Imported,
            UsernameTaken
        ]
    );
    assert_eq!(all(store, &UserFilter::default()).await.len(), 2);
    assert_eq!(events(store).await.len(), 2);
    assert_eq!(import(store, &users).await, tried);
}

async fn the_most_at_once_are_imported_with_the_most_roles(store: &TestStore) {
    let roles: Vec<_> = (0..32).map(|number| format!("role{number}")).collect();
    let users: Vec<_> = (0..MOST_IMPORTED_AT_ONCE)
        .map(|number| User {
            roles: roles.join(" ").parse().unwrap(),
            ..named(&format!("user{number}"))
        })
        .collect();
    let outcomes = import(store, &users).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Imported));
    assert_eq!(outcomes.len(), MOST_IMPORTED_AT_ONCE);
    let filter = UserFilter {
        role: Some("role31".parse().unwrap()),
        ..UserFilter::default()
    };
    assert_eq!(all(store, &filter).await.len(), MOST_IMPORTED_AT_ONCE);
    let again = import(store, &users).await;
    assert!(again.iter().all(|outcome| *outcome == AlreadyThere));
}

async fn nothing_to_import_is_no_error(store: &TestStore) {
    assert_eq!(import(store, &[]).await, []);
    assert_eq!(store.users.try_import(&[]).await.unwrap(), []);
    assert_eq!(events(store).await, []);
}

async fn of_concurrent_imports_of_one_file_each_account_is_imported_once(store: &TestStore) {
    let mut tasks = JoinSet::new();
    for count in 0..8 {
        let users = alternate(count, &store.users, &store.elsewhere.users);
        tasks.spawn(async move {
            let file: Vec<_> = (0..50).map(|n| named(&format!("user{n}"))).collect();
            let file = without_ids(&file);
            users.import(&file, &an_act()).await.unwrap()
        });
    }
    let outcomes = tasks.join_all().await.concat();
    let count = |of| outcomes.iter().filter(|outcome| **outcome == of).count();
    assert_eq!((count(Imported), count(AlreadyThere)), (50, 7 * 50));
    assert_eq!(all(store, &UserFilter::default()).await.len(), 50);
}

async fn of_an_import_and_registrations_of_the_same_names_one_wins(store: &TestStore) {
    let mut registering = JoinSet::new();
    for count in 0..40 {
        let users = alternate(count, &store.users, &store.elsewhere.users);
        let user = new_user(&format!("user{count}"), &format!("{count}@example.com"));
        registering.spawn(async move {
            let registered = users.register(&user, &an_act()).await;
            (user.username.to_string(), registered.is_ok())
        });
    }
    let file: Vec<_> = (0..40).map(|n| named(&format!("user{n}"))).collect();
    let outcomes = import(store, &file).await;
    let registered = registering.join_all().await;
    for (user, outcome) in file.iter().zip(outcomes) {
        let name = user.username.to_string();
        let (_, won) = registered.iter().find(|(other, _)| *other == name).unwrap();
        assert_eq!(outcome == Imported, !won, "{name}: {outcome:?}");
    }
    assert_eq!(all(store, &UserFilter::default()).await.len(), 40);
}

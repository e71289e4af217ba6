use std::collections::HashSet;

use signet::{
    domain::{AccountStatus, NewUser},
    ports::RegisterError,
};
use tokio::task::JoinSet;

use crate::support::{
    fixtures::{an_act, new_user},
    store::{TestStore, alternate, on_every_store},
};

on_every_store![
    a_registered_user_is_found_as_written,
    a_username_is_found_whatever_its_case,
    an_unknown_username_is_absent,
    a_username_is_taken_whatever_its_case,
    an_email_is_taken_whatever_its_case,
    the_username_is_named_when_both_are_taken,
    a_refused_registration_leaves_nothing_behind,
    of_fifty_concurrent_registrations_of_one_username_one_wins,
    fifty_concurrent_registrations_of_different_users_all_win,
];

async fn register(store: &TestStore, username: &str, email: &str) -> NewUser {
    let user = new_user(username, email);
    store.users.register(&user, &an_act()).await.unwrap();
    user
}

async fn a_registered_user_is_found_as_written(store: &TestStore) {
    let registered = register(store, "Ada.Lovelace", "Ada@Example.com").await;
    let found = store.users.find_by_username(&registered.username).await;
    let found = found.unwrap().unwrap();
    assert_eq!(found.id, registered.id);
    assert_eq!(found.username.as_str(), "Ada.Lovelace");
    assert_eq!(found.email.as_str(), "Ada@Example.com");
    assert_eq!(found.password_hash, registered.password_hash);
    assert_eq!(found.status, AccountStatus::Active);
    assert_eq!(found.date_registered, registered.date_registered);
    assert_eq!(found.last_login, None);
}

async fn a_username_is_found_whatever_its_case(store: &TestStore) {
    let registered = register(store, "Ada", "ada@example.com").await;
    let found = store.users.find_by_username(&"aDA".parse().unwrap()).await;
    assert_eq!(found.unwrap().unwrap().id, registered.id);
}

async fn an_unknown_username_is_absent(store: &TestStore) {
    register(store, "ada", "ada@example.com").await;
    let found = store.users.find_by_username(&"ada2".parse().unwrap()).await;
    assert_eq!(found.unwrap(), None);
}

async fn a_username_is_taken_whatever_its_case(store: &TestStore) {
    register(store, "ada", "ada@example.com").await;
    let refused = store
        .users
        .register(&new_user("ADA", "other@example.com"), &an_act())
        .await;
    assert!(matches!(refused, Err(RegisterError::UsernameTaken)));
}

async fn an_email_is_taken_whatever_its_case(store: &TestStore) {
    register(store, "ada", "ada@example.com").await;
    let refused = store
        .users
        .register(&new_user("bob", "ADA@example.COM"), &an_act())
        .await;
    assert!(matches!(refused, Err(RegisterError::EmailTaken)));
}

async fn the_username_is_named_when_both_are_taken(store: &TestStore) {
    register(store, "ada", "ada@example.com").await;
    let refused = store
        .users
        .register(&new_user("ada", "ada@example.com"), &an_act())
        .await;
    assert!(matches!(refused, Err(RegisterError::UsernameTaken)));
}

async fn a_refused_registration_leaves_nothing_behind(store: &TestStore) {
    register(store, "ada", "ada@example.com").await;
    let refused = new_user("bob", "ada@example.com");
    store.users.register(&refused, &an_act()).await.unwrap_err();
    let found = store.users.find_by_username(&refused.username).await;
    assert_eq!(found.unwrap(), None);
}

async fn of_fifty_concurrent_registrations_of_one_username_one_wins(store: &TestStore) {
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let users = alternate(count, &store.users, &store.elsewhere.users);
        let name = if count % 2 == 0 { "ada" } else { "Ada" };
        let user = new_user(name, &format!("{count}@example.com"));
        tasks.spawn(async move { users.register(&user, &an_act()).await });
    }
    let results = tasks.join_all().await;
    let refusals = results.iter().filter_map(|result| result.as_ref().err());
    assert!(
        refusals
            .clone()
            .all(|e| matches!(e, RegisterError::UsernameTaken))
    );
    assert_eq!(refusals.count(), 49);
}

async fn fifty_concurrent_registrations_of_different_users_all_win(store: &TestStore) {
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let users = alternate(count, &store.users, &store.elsewhere.users);
        let user = new_user(&format!("user{count}"), &format!("{count}@example.com"));
        tasks.spawn(async move {
            users.register(&user, &an_act()).await.unwrap();
            let found = users.find_by_username(&user.username).await;
            found.unwrap().unwrap().id
        });
    }
    let ids: HashSet<_> = tasks.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 50);
}

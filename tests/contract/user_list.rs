//! The list of accounts: its order, its pages and what it can be asked for.

use std::time::Duration;

use signet::domain::{
    AccountStatus, NewUser, PageRequest, PageSize, RolesUpdate, UserFilter, UserUpdate,
};

use crate::support::{
    fixtures::{a_time, an_act, new_user},
    store::{TestStore, on_every_store},
};

on_every_store![
    accounts_are_listed_the_latest_registered_first,
    every_page_begins_after_the_one_before,
    accounts_that_come_meanwhile_shift_no_page,
    a_search_finds_beginnings_of_names_and_emails_whatever_their_case,
    no_character_of_a_search_is_a_wildcard,
    a_search_with_a_nul_character_finds_nobody,
    accounts_are_listed_by_role,
    a_role_that_was_revoked_finds_nobody,
    accounts_are_listed_by_status,
];

async fn add(store: &TestStore, name: &str, seconds: u64, roles: &str) -> NewUser {
    let user = NewUser {
        date_registered: a_time() + Duration::from_secs(seconds),
        roles: roles.parse().unwrap(),
        ..new_user(name, &format!("{name}@mail.example"))
    };
    store.users.register(&user, &an_act()).await.unwrap();
    user
}

async fn names(store: &TestStore, filter: &UserFilter) -> Vec<String> {
    let page = PageRequest {
        size: PageSize::MAX,
        after: None,
    };
    let listed = store.users.list(filter, &page).await.unwrap();
    assert_eq!(listed.next, None);
    let names = listed.items.iter().map(|user| user.username.to_string());
    names.collect()
}

fn search(text: &str) -> UserFilter {
    UserFilter {
        search: Some(text.to_owned()),
        ..UserFilter::default()
    }
}

fn role(name: &str) -> UserFilter {
    UserFilter {
        role: Some(name.parse().unwrap()),
        ..UserFilter::default()
    }
}

async fn accounts_are_listed_the_latest_registered_first(store: &TestStore) {
    for (name, seconds) in [("ada", 1), ("eve", 3), ("bob", 2)] {
        add(store, name, seconds, "").await;
    }
    let listed = names(store, &UserFilter::default()).await;
    assert_eq!(listed, ["eve", "bob", "ada"]);
}

async fn every_page_begins_after_the_one_before(store: &TestStore) {
    let mut expected = Vec::new();
    for number in 0..7 {
        // Some of one moment.
        expected.push(add(store, &format!("user{number}"), number / 3, "").await);
    }
    expected.sort_by_key(|user| std::cmp::Reverse((user.date_registered, user.id)));
    let mut page = PageRequest {
        size: PageSize::new(2).unwrap(),
        after: None,
    };
    let mut listed = Vec::new();
    loop {
        let part = store
            .users
            .list(&UserFilter::default(), &page)
            .await
            .unwrap();
        assert!(part.items.len() == 2 || part.next.is_none());
        listed.extend(part.items.iter().map(|user| user.id));
        page.after = part.next;
        if page.after.is_none() {
            break;
        }
    }
    let expected: Vec<_> = expected.iter().map(|user| user.id).collect();
    assert_eq!(listed, expected);
}

async fn accounts_that_come_meanwhile_shift_no_page(store: &TestStore) {
    for (name, seconds) in [("ada", 1), ("bob", 2), ("eve", 3)] {
        add(store, name, seconds, "").await;
    }
    let mut page = PageRequest {
        size: PageSize::new(2).unwrap(),
        after: None,
    };
    let filter = UserFilter::default();
    page.after = store.users.list(&filter, &page).await.unwrap().next;
    add(store, "late", 4, "").await;
    let second = store.users.list(&filter, &page).await.unwrap();
    assert_eq!(second.items[0].username.as_str(), "ada");
    assert_eq!(second.items.len(), 1);
}

async fn a_search_finds_beginnings_of_names_and_emails_whatever_their_case(store: &TestStore) {
    add(store, "Ada", 1, "").await;
    add(store, "adam", 2, "").await;
    add(store, "bob", 3, "").await;
    let other = new_user("zoe", "ADaline@mail.example");
    store.users.register(&other, &an_act()).await.unwrap();
    assert_eq!(names(store, &search("aDA")).await, ["adam", "Ada", "zoe"]);
    assert_eq!(names(store, &search("adam")).await, ["adam"]);
    assert_eq!(names(store, &search("da")).await, [""; 0]);
    assert_eq!(names(store, &search("ada@MAIL.example")).await, ["Ada"]);
}

async fn no_character_of_a_search_is_a_wildcard(store: &TestStore) {
    add(store, "a_b", 1, "").await;
    add(store, "axb", 2, "").await;
    assert_eq!(names(store, &search("a_")).await, ["a_b"]);
    assert_eq!(names(store, &search("%")).await, [""; 0]);
}

async fn a_search_with_a_nul_character_finds_nobody(store: &TestStore) {
    add(store, "ada", 0, "").await;
    assert!(names(store, &search("ada\0")).await.is_empty());
}

async fn accounts_are_listed_by_role(store: &TestStore) {
    add(store, "ada", 1, "admin editor").await;
    add(store, "bob", 2, "editor").await;
    add(store, "eve", 3, "editors").await;
    assert_eq!(names(store, &role("editor")).await, ["bob", "ada"]);
    assert_eq!(names(store, &role("Editor")).await, [""; 0]);
}

async fn a_role_that_was_revoked_finds_nobody(store: &TestStore) {
    let ada = add(store, "ada", 1, "editor").await;
    let update = UserUpdate {
        roles: Some(RolesUpdate::Set("author".parse().unwrap())),
        ..UserUpdate::default()
    };
    store
        .users
        .update(ada.id, &update, &an_act())
        .await
        .unwrap();
    assert_eq!(names(store, &role("editor")).await, [""; 0]);
    assert_eq!(names(store, &role("author")).await, ["ada"]);
}

async fn accounts_are_listed_by_status(store: &TestStore) {
    let ada = add(store, "ada", 1, "").await;
    add(store, "bob", 2, "").await;
    let update = UserUpdate {
        status: Some(AccountStatus::Disabled),
        ..UserUpdate::default()
    };
    store
        .users
        .update(ada.id, &update, &an_act())
        .await
        .unwrap();
    let of = |status| UserFilter {
        status: Some(status),
        ..UserFilter::default()
    };
    assert_eq!(names(store, &of(AccountStatus::Disabled)).await, ["ada"]);
    assert_eq!(names(store, &of(AccountStatus::Active)).await, ["bob"]);
}

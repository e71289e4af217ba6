//! Accounts that come from elsewhere and keep their ids.

use signet::domain::{ImportOutcome, ImportedUser, User, UserFilter};
use tokio::task::JoinSet;

use super::{
    ImportOutcome::{AlreadyThere, EmailTaken, IdTaken, Imported, UsernameTaken},
    all, events, foreign, import, named,
};
use crate::support::{
    fixtures::{an_act, another_hash},
    store::{TestStore, alternate, on_every_store},
};

on_every_store![
    an_account_that_keeps_its_id_is_there_already_when_id_and_username_are,
    an_id_that_another_account_has_is_taken,
    of_concurrent_imports_of_one_id_under_many_names_one_wins,
];

/// Accounts that keep the ids that they have.
fn with_ids(users: &[User]) -> Vec<ImportedUser> {
    let imported = |user: &User| ImportedUser {
        user: user.clone(),
        keeps_id: true,
    };
    users.iter().map(imported).collect()
}

/// What trying answers and importing then does.
async fn import_with_ids(store: &TestStore, users: &[User]) -> Vec<ImportOutcome> {
    let users = with_ids(users);
    let tried = store.users.try_import(&users).await.unwrap();
    let outcomes = store.users.import(&users, &an_act()).await.unwrap();
    assert_eq!(outcomes, tried);
    outcomes
}

async fn an_account_that_keeps_its_id_is_there_already_when_id_and_username_are(store: &TestStore) {
    let ada = named("ada");
    assert_eq!(
        import_with_ids(store, std::slice::from_ref(&ada)).await,
        [Imported]
    );
    assert_eq!(store.users.find(ada.id).await.unwrap(), Some(ada.clone()));
    // Its owner has logged in and got another hash, or another address.
    let before = User {
        password_hash: another_hash(),
        ..foreign("ADA", "former@example.com")
    };
    let before = User {
        id: ada.id,
        ..before
    };
    let outcomes = import_with_ids(store, &[ada.clone(), before]).await;
    assert_eq!(outcomes, [AlreadyThere, AlreadyThere]);
    // With no id, it is found by the rest.
    let other = User {
        id: named("ada").id,
        ..ada.clone()
    };
    assert_eq!(
        import(store, std::slice::from_ref(&other)).await,
        [AlreadyThere]
    );
    // With another one, it is another account.
    assert_eq!(import_with_ids(store, &[other]).await, [UsernameTaken]);
    assert_eq!(all(store, &UserFilter::default()).await, [ada]);
}

async fn an_id_that_another_account_has_is_taken(store: &TestStore) {
    let ada = named("ada");
    import(store, std::slice::from_ref(&ada)).await;
    let of = |id: &User, name: &str| User {
        id: id.id,
        ..named(name)
    };
    let (bob, eve) = (named("bob"), named("eve"));
    let users = [
        of(&ada, "kim"),
        bob.clone(),
        of(&bob, "ada"),
        of(&bob, "lee"),
        // The id wins over the name, and what was refused has none.
        of(&ada, "bob"),
        of(&eve, "kim"),
        foreign("eve", "kim@example.com"),
    ];
    let expected = [
        IdTaken, Imported, IdTaken, IdTaken, IdTaken, Imported, EmailTaken,
    ];
    assert_eq!(import_with_ids(store, &users).await, expected);
    assert_eq!(all(store, &UserFilter::default()).await.len(), 3);
    assert_eq!(events(store).await.len(), 3);
}

async fn of_concurrent_imports_of_one_id_under_many_names_one_wins(store: &TestStore) {
    let id = named("ada").id;
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let users = alternate(count, &store.users, &store.elsewhere.users);
        tasks.spawn(async move {
            let name = format!("user{count}");
            let file = with_ids(&[User { id, ..named(&name) }]);
            users.import(&file, &an_act()).await.unwrap()
        });
    }
    let outcomes = tasks.join_all().await.concat();
    let count = |of| outcomes.iter().filter(|outcome| **outcome == of).count();
    assert_eq!((count(Imported), count(IdTaken)), (1, 49));
}

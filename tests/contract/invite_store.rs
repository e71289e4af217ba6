use std::time::Duration;

use signet::{
    domain::{
        Act, Actor, Invite, InviteId, NewUser, PageRequest, PageSize, SecretDigest, UsedInvite,
    },
    ports::{RegisterError, RegisterInvitedError},
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    fixtures::{a_time, an_act, new_user},
    store::{TestStore, alternate, on_every_store},
};

on_every_store![
    an_invite_reads_back_as_it_was_made,
    invites_are_listed_in_pages_the_latest_made_first,
    a_deleted_invite_is_gone,
    a_registration_uses_its_invite_up,
    an_unknown_invite_is_refused_and_nobody_is_registered,
    an_invite_is_refused_from_its_expiry_on,
    an_invite_outlives_a_refused_registration,
    of_fifty_registrations_with_one_invite_one_wins,
];

fn invite(number: u8) -> Invite {
    Invite {
        id: InviteId::new(Uuid::from_u128(number.into())),
        code: SecretDigest([number; 32]),
        created_at: a_time() + Duration::from_secs(number.into()),
        created_by: Actor::CommandLine,
        expires_at: a_time() + Duration::from_hours(1),
        used: None,
    }
}

async fn create(store: &TestStore, number: u8) -> Invite {
    let invite = invite(number);
    store.invites.create(&invite, &an_act()).await.unwrap();
    invite
}

fn named(name: &str) -> NewUser {
    new_user(name, &format!("{name}@example.com"))
}

async fn register(
    store: &TestStore,
    user: &NewUser,
    invite: &Invite,
    by: &Act,
) -> Result<(), RegisterInvitedError> {
    let users = &store.users;
    users.register_invited(user, &invite.code, by).await
}

async fn an_invite_reads_back_as_it_was_made(store: &TestStore) {
    let made = create(store, 1).await;
    create(store, 2).await;
    let found = store.invites.find_by_code(&made.code).await.unwrap();
    assert_eq!(found, Some(made));
    let unknown = store.invites.find_by_code(&SecretDigest([9; 32])).await;
    assert_eq!(unknown.unwrap(), None);
}

async fn invites_are_listed_in_pages_the_latest_made_first(store: &TestStore) {
    for number in 1..=3 {
        create(store, number).await;
    }
    let mut page = PageRequest {
        size: PageSize::new(2).unwrap(),
        after: None,
    };
    let first = store.invites.list(&page).await.unwrap();
    assert_eq!(first.items, [invite(3), invite(2)]);
    page.after = first.next;
    let second = store.invites.list(&page).await.unwrap();
    assert_eq!((second.items, second.next), (vec![invite(1)], None));
}

async fn a_deleted_invite_is_gone(store: &TestStore) {
    let made = create(store, 1).await;
    assert!(store.invites.delete(made.id, &an_act()).await.unwrap());
    assert!(!store.invites.delete(made.id, &an_act()).await.unwrap());
    let refused = register(store, &named("ada"), &made, &an_act()).await;
    assert!(matches!(refused, Err(RegisterInvitedError::InviteUnusable)));
}

async fn a_registration_uses_its_invite_up(store: &TestStore) {
    let made = create(store, 1).await;
    let ada = named("ada");
    register(store, &ada, &made, &an_act()).await.unwrap();
    let found = store.invites.find_by_code(&made.code).await.unwrap();
    let used = UsedInvite {
        at: an_act().at,
        by: ada.id,
    };
    assert_eq!(found.unwrap().used, Some(used));
    let refused = register(store, &named("eve"), &made, &an_act()).await;
    assert!(matches!(refused, Err(RegisterInvitedError::InviteUnusable)));
}

async fn an_unknown_invite_is_refused_and_nobody_is_registered(store: &TestStore) {
    let ada = named("ada");
    let refused = register(store, &ada, &invite(1), &an_act()).await;
    assert!(matches!(refused, Err(RegisterInvitedError::InviteUnusable)));
    assert_eq!(store.users.find(ada.id).await.unwrap(), None);
}

async fn an_invite_is_refused_from_its_expiry_on(store: &TestStore) {
    let made = create(store, 1).await;
    let late = Act {
        at: made.expires_at,
        ..an_act()
    };
    let refused = register(store, &named("ada"), &made, &late).await;
    assert!(matches!(refused, Err(RegisterInvitedError::InviteUnusable)));
}

async fn an_invite_outlives_a_refused_registration(store: &TestStore) {
    let made = create(store, 1).await;
    let eve = new_user("ada", "eve@example.com");
    store.users.register(&eve, &an_act()).await.unwrap();
    let refused = register(store, &named("ada"), &made, &an_act()).await;
    assert!(matches!(
        refused,
        Err(RegisterInvitedError::Register(RegisterError::UsernameTaken))
    ));
    let found = store.invites.find_by_code(&made.code).await.unwrap();
    assert_eq!(found, Some(made));
}

async fn of_fifty_registrations_with_one_invite_one_wins(store: &TestStore) {
    let made = create(store, 1).await;
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let users = alternate(count, &store.users, &store.elsewhere.users);
        let user = named(&format!("user{count}"));
        tasks.spawn(async move { users.register_invited(&user, &made.code, &an_act()).await });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refused = |r: &&Result<(), _>| matches!(r, Err(RegisterInvitedError::InviteUnusable));
    assert_eq!(results.iter().filter(refused).count(), 49);
}

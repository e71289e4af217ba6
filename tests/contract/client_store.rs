use std::time::Duration;

use signet::{
    crypto::ClientSecret,
    domain::{Client, PageRequest, PageSize, Timestamp, TokenId},
    ports::CreateClientError,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    fixtures::{a_time, an_act},
    store::{TestStore, alternate, on_every_store},
};

on_every_store![
    a_client_reads_back_as_it_was_made,
    a_name_is_taken_whatever_its_case,
    of_fifty_concurrent_creations_of_one_name_one_succeeds,
    clients_are_listed_in_pages_the_latest_made_first,
    a_deleted_client_is_gone_and_its_name_free,
    a_token_is_revoked_until_it_is_purged,
    a_token_can_be_revoked_twice,
    a_purge_forgets_no_more_than_its_limit,
];

fn client(id: &str, name: &str) -> Client {
    Client {
        id: format!("id-{id}").parse().unwrap(),
        name: name.parse().unwrap(),
        secret: ClientSecret::from_random(&[7; 32]).digest(),
        scopes: "read write".parse().unwrap(),
        audience: None,
        created_at: a_time(),
    }
}

fn token(number: u128) -> TokenId {
    TokenId::new(Uuid::from_u128(number))
}

fn at(seconds: u64) -> Timestamp {
    a_time() + Duration::from_secs(seconds)
}

async fn create(store: &TestStore, client: &Client) {
    store.clients.create(client, &an_act()).await.unwrap();
}

async fn a_client_reads_back_as_it_was_made(store: &TestStore) {
    let audiences = [None, Some(vec!["a"]), Some(vec!["a", "b"])];
    for (number, audience) in audiences.into_iter().enumerate() {
        let texts = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let made = Client {
            audience: audience.map(|all| texts(all).into()),
            ..client(&format!("id-{number}"), &format!("name-{number}"))
        };
        create(store, &made).await;
        let found = store.clients.find(&made.id).await.unwrap();
        assert_eq!(found, Some(made));
    }
    let unknown = "id-9".parse().unwrap();
    assert_eq!(store.clients.find(&unknown).await.unwrap(), None);
}

async fn a_name_is_taken_whatever_its_case(store: &TestStore) {
    create(store, &client("1", "billing")).await;
    let error = store
        .clients
        .create(&client("2", "BILLING"), &an_act())
        .await;
    assert!(matches!(error, Err(CreateClientError::NameTaken)));
    let listed = store.clients.list(&PageRequest::default()).await.unwrap();
    assert_eq!(listed.items.len(), 1);
}

async fn of_fifty_concurrent_creations_of_one_name_one_succeeds(store: &TestStore) {
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let clients = alternate(count, &store.clients, &store.elsewhere.clients);
        tasks.spawn(async move {
            clients
                .create(&client(&count.to_string(), "billing"), &an_act())
                .await
        });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refused = |r: &&Result<(), _>| matches!(r, Err(CreateClientError::NameTaken));
    assert_eq!(results.iter().filter(refused).count(), 49);
}

async fn clients_are_listed_in_pages_the_latest_made_first(store: &TestStore) {
    for (id, seconds) in [("1", 0), ("2", 1), ("3", 1), ("4", 2), ("5", 3)] {
        let mut client = client(id, &format!("client-{id}"));
        client.created_at += Duration::from_secs(seconds);
        create(store, &client).await;
    }
    let mut page = PageRequest {
        size: PageSize::new(2).unwrap(),
        after: None,
    };
    let mut pages = Vec::new();
    loop {
        let part = store.clients.list(&page).await.unwrap();
        let ids: Vec<_> = part.items.iter().map(|c| c.id.to_string()).collect();
        pages.push(ids);
        page.after = part.next;
        if page.after.is_none() {
            break;
        }
    }
    let expected: [&[&str]; 3] = [&["id-5", "id-4"], &["id-3", "id-2"], &["id-1"]];
    assert_eq!(pages, expected);
}

async fn a_deleted_client_is_gone_and_its_name_free(store: &TestStore) {
    let billing = client("1", "billing");
    create(store, &billing).await;
    assert!(store.clients.delete(&billing.id, &an_act()).await.unwrap());
    assert!(!store.clients.delete(&billing.id, &an_act()).await.unwrap());
    assert_eq!(store.clients.find(&billing.id).await.unwrap(), None);
    create(store, &client("2", "billing")).await;
}

async fn a_token_is_revoked_until_it_is_purged(store: &TestStore) {
    let clients = &store.clients;
    assert!(!clients.is_revoked(token(1)).await.unwrap());
    clients.revoke_token(token(1), at(60)).await.unwrap();
    assert!(clients.is_revoked(token(1)).await.unwrap());
    assert!(!clients.is_revoked(token(2)).await.unwrap());
    assert_eq!(clients.purge_revoked(at(59), 10).await.unwrap(), 0);
    assert_eq!(clients.purge_revoked(at(60), 10).await.unwrap(), 1);
    assert!(!clients.is_revoked(token(1)).await.unwrap());
}

async fn a_token_can_be_revoked_twice(store: &TestStore) {
    for _ in 0..2 {
        store.clients.revoke_token(token(1), at(60)).await.unwrap();
    }
    assert!(store.clients.is_revoked(token(1)).await.unwrap());
}

async fn a_purge_forgets_no_more_than_its_limit(store: &TestStore) {
    for number in 1..=5 {
        store
            .clients
            .revoke_token(token(number), at(60))
            .await
            .unwrap();
    }
    for expected in [3, 2, 0] {
        let purged = store.clients.purge_revoked(at(60), 3).await.unwrap();
        assert_eq!(purged, expected);
    }
}

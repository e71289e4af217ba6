//! From which networks accounts are known to log in.

use std::time::Duration;

use signet::{
    domain::{
        AuthSuccess, ClientAddress, KNOWN_NETWORKS_PER_USER, NewUser, RequestOrigin, Timestamp,
        TokenId,
    },
    ports::LoginRecord,
};
use uuid::Uuid;

use crate::support::{
    fixtures::{a_hash, a_time, an_act, an_origin, new_user},
    store::{TestStore, on_every_store},
    tokens::a_session,
};

on_every_store![
    a_network_is_known_from_a_login_on,
    a_login_from_one_network_makes_no_other_known,
    a_network_is_known_of_its_own_account_alone,
    the_later_of_two_logins_counts,
    no_account_is_known_from_anywhere,
    the_network_unused_for_longest_makes_room,
    old_networks_are_forgotten_a_few_at_a_time,
    a_deleted_account_is_known_from_nowhere,
];

fn at(seconds: u64) -> Timestamp {
    a_time() + Duration::from_secs(seconds)
}

fn address(last: usize) -> ClientAddress {
    ClientAddress::new(format!("192.0.2.{last}").parse().unwrap())
}

async fn add(store: &TestStore, name: &str) -> NewUser {
    let user = new_user(name, &format!("{name}@example.com"));
    store.users.register(&user, &an_act()).await.unwrap();
    user
}

async fn log_in(store: &TestStore, user: &NewUser, last: usize, at: Timestamp) {
    let origin = RequestOrigin {
        address: address(last),
        ..an_origin()
    };
    let number = user.id.as_uuid().as_u128() ^ (u128::try_from(last).unwrap() << 64);
    let success = AuthSuccess {
        session: a_session(number, user.id),
        kid: "kid-1".parse().unwrap(),
        jti: TokenId::new(Uuid::from_u128(7)),
        verified: a_hash(),
        rehash: None,
    };
    let recorded = store.auth_log.record_success(at, &origin, &success).await;
    assert_eq!(recorded.unwrap(), LoginRecord::Recorded);
    store.sessions.end(success.session.id).await.unwrap();
}

async fn is_known(store: &TestStore, user: &NewUser, last: usize, since: Timestamp) -> bool {
    let network = address(last).network();
    let known = store.known_networks.is_known(Some(user.id), network, since);
    known.await.unwrap()
}

async fn a_network_is_known_from_a_login_on(store: &TestStore) {
    let ada = add(store, "ada").await;
    assert!(!is_known(store, &ada, 1, at(0)).await);
    log_in(store, &ada, 1, at(10)).await;
    assert!(is_known(store, &ada, 1, at(10)).await);
    assert!(!is_known(store, &ada, 1, at(11)).await);
}

async fn a_login_from_one_network_makes_no_other_known(store: &TestStore) {
    let ada = add(store, "ada").await;
    log_in(store, &ada, 1, at(10)).await;
    assert!(!is_known(store, &ada, 2, at(0)).await);
}

async fn a_network_is_known_of_its_own_account_alone(store: &TestStore) {
    let ada = add(store, "ada").await;
    let grace = add(store, "grace").await;
    log_in(store, &ada, 1, at(10)).await;
    assert!(!is_known(store, &grace, 1, at(0)).await);
}

async fn the_later_of_two_logins_counts(store: &TestStore) {
    let ada = add(store, "ada").await;
    for seconds in [10, 30, 20] {
        log_in(store, &ada, 1, at(seconds)).await;
    }
    assert!(is_known(store, &ada, 1, at(30)).await);
}

async fn no_account_is_known_from_anywhere(store: &TestStore) {
    let ada = add(store, "ada").await;
    log_in(store, &ada, 1, at(10)).await;
    let known = (store.known_networks).is_known(None, address(1).network(), at(0));
    assert!(!known.await.unwrap());
}

async fn the_network_unused_for_longest_makes_room(store: &TestStore) {
    let ada = add(store, "ada").await;
    for last in 0..=KNOWN_NETWORKS_PER_USER {
        log_in(store, &ada, last, at(last.try_into().unwrap())).await;
    }
    assert!(!is_known(store, &ada, 0, at(0)).await);
    assert!(is_known(store, &ada, 1, at(0)).await);
    assert!(is_known(store, &ada, KNOWN_NETWORKS_PER_USER, at(0)).await);
}

async fn old_networks_are_forgotten_a_few_at_a_time(store: &TestStore) {
    let ada = add(store, "ada").await;
    for last in 1..=5 {
        log_in(store, &ada, last, at(last.try_into().unwrap())).await;
    }
    for forgotten in [3, 1, 0] {
        let purged = store.known_networks.purge(at(5), 3).await.unwrap();
        assert_eq!(purged, forgotten);
    }
    assert!(is_known(store, &ada, 5, at(0)).await);
}

async fn a_deleted_account_is_known_from_nowhere(store: &TestStore) {
    let ada = add(store, "ada").await;
    log_in(store, &ada, 1, at(10)).await;
    store.users.delete(ada.id, None, &an_act()).await.unwrap();
    assert!(!is_known(store, &ada, 1, at(0)).await);
}

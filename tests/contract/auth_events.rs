//! The auth log for those who read it.

mod model;
mod summary;

use std::time::Duration;

use signet::{
    domain::{AuthEvent, AuthEventFilter, AuthFailure, AuthSuccess, Outcome, TokenId},
    ports::LoginRecord,
};
use uuid::Uuid;

use crate::support::{
    auth_log::{all, fail, pages, seconds, session, user},
    fixtures::{a_hash, an_act, an_origin, new_user},
    store::{TestStore, on_every_store},
    tokens::a_session,
};

on_every_store![
    an_event_reads_back_as_it_was_recorded,
    events_are_listed_in_pages_the_newest_first,
    events_of_one_moment_are_listed_latest_first,
    each_filter_finds_its_events_and_no_others,
    a_network_of_either_family_is_a_range_of_addresses,
    a_purge_deletes_the_oldest_and_no_more_than_its_limit,
    an_event_after_a_purge_has_a_number_of_its_own,
];

fn any() -> AuthEventFilter {
    AuthEventFilter::default()
}

fn address(text: &str) -> AuthEventFilter {
    AuthEventFilter {
        address: Some(text.parse().unwrap()),
        ..any()
    }
}

async fn an_event_reads_back_as_it_was_recorded(store: &TestStore) {
    let ada = new_user("ada", "ada@example.com");
    store.users.register(&ada, &an_act()).await.unwrap();
    let success = AuthSuccess {
        session: a_session(1, ada.id),
        kid: "kid-1".parse().unwrap(),
        jti: TokenId::new(Uuid::from_u128(7)),
        verified: a_hash(),
        rehash: None,
    };
    let origin = an_origin();
    let recorded = store.auth_log.record_success(seconds(0), &origin, &success);
    assert_eq!(recorded.await.unwrap(), LoginRecord::Recorded);
    let log = &*store.auth_log;
    let mut expected = vec![AuthEvent::success(seconds(0), &origin, &success)];
    for (second, failure) in (1..).zip([
        AuthFailure::UnknownUser,
        AuthFailure::WrongPassword(ada.id),
        AuthFailure::Disabled(ada.id),
        AuthFailure::Throttled(None),
        AuthFailure::Throttled(Some(ada.id)),
        AuthFailure::RefreshReuse(ada.id, session(3)),
        AuthFailure::UnknownClient,
        AuthFailure::WrongClientSecret("billing".parse().unwrap()),
    ]) {
        expected.push(fail(log, seconds(second), "2001:db8::1", failure).await);
    }
    expected.reverse();
    assert_eq!(all(&*store.auth_events, &any()).await, expected);
}

async fn events_are_listed_in_pages_the_newest_first(store: &TestStore) {
    let mut expected = Vec::new();
    // They need not arrive in the order of their times.
    for second in [3, 1, 4, 0, 5, 9, 2] {
        let log = &*store.auth_log;
        expected.push(fail(log, seconds(second), "192.0.2.1", AuthFailure::UnknownUser).await);
    }
    expected.sort_by_key(|event| std::cmp::Reverse(event.at));
    for (size, count) in [(1, 7), (2, 4), (3, 3), (7, 1), (100, 1)] {
        let (found, pages) = pages(&*store.auth_events, &any(), size).await;
        let found: Vec<_> = found.into_iter().map(|(_, event)| event).collect();
        assert_eq!((found, pages), (expected.clone(), count), "{size}");
    }
}

async fn events_of_one_moment_are_listed_latest_first(store: &TestStore) {
    for number in 1..=5 {
        let failure = AuthFailure::WrongPassword(user(number));
        fail(&*store.auth_log, seconds(0), "192.0.2.1", failure).await;
    }
    for size in [1, 2, 100] {
        let (found, _) = pages(&*store.auth_events, &any(), size).await;
        let users: Vec<_> = found.iter().map(|(_, event)| event.user).collect();
        assert_eq!(users, [5, 4, 3, 2, 1].map(|number| Some(user(number))));
        assert!(found.is_sorted_by(|(one, _), (next, _)| one > next));
    }
}

async fn each_filter_finds_its_events_and_no_others(store: &TestStore) {
    let log = &*store.auth_log;
    let wrong = AuthFailure::WrongPassword;
    let a = fail(log, seconds(10), "192.0.2.1", wrong(user(1))).await;
    let b = fail(log, seconds(20), "192.0.2.2", wrong(user(2))).await;
    let c = fail(log, seconds(30), "192.0.2.1", AuthFailure::UnknownUser).await;
    let d = fail(
        log,
        seconds(40),
        "2001:db8::1",
        AuthFailure::Disabled(user(1)),
    )
    .await;
    let of_user = |number| AuthEventFilter {
        user: Some(user(number)),
        ..any()
    };
    let with = |outcome, filter| AuthEventFilter {
        outcome: Some(outcome),
        ..filter
    };
    for (filter, expected) in [
        (of_user(1), vec![&d, &a]),
        (of_user(3), vec![]),
        (address("192.0.2.1"), vec![&c, &a]),
        (address("192.0.2.0/30"), vec![&c, &b, &a]),
        (with(Outcome::WrongPassword, any()), vec![&b, &a]),
        (with(Outcome::Success, any()), vec![]),
        (with(Outcome::Disabled, of_user(1)), vec![&d]),
        (with(Outcome::UnknownUser, address("192.0.2.1")), vec![&c]),
        (
            AuthEventFilter {
                from: Some(seconds(20)),
                to: Some(seconds(40)),
                ..any()
            },
            vec![&c, &b],
        ),
        (
            AuthEventFilter {
                from: Some(seconds(11)),
                ..address("192.0.2.1")
            },
            vec![&c],
        ),
        (
            AuthEventFilter {
                user: Some(user(1)),
                ..address("192.0.0.0/8")
            },
            vec![&a],
        ),
    ] {
        let found = all(&*store.auth_events, &filter).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
}

async fn a_network_of_either_family_is_a_range_of_addresses(store: &TestStore) {
    for text in ["9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"] {
        let failure = AuthFailure::UnknownUser;
        fail(&*store.auth_log, seconds(0), text, failure).await;
    }
    for text in [
        "2001:db8::",
        "2001:db8:0:ffff:ffff:ffff:ffff:ffff",
        "2001:db9::",
    ] {
        let failure = AuthFailure::UnknownUser;
        fail(&*store.auth_log, seconds(0), text, failure).await;
    }
    for (network, count) in [
        ("10.0.0.0/8", 2),
        ("10.1.2.3/8", 2),
        ("10.0.0.0/32", 1),
        ("0.0.0.0/0", 4),
        ("::ffff:10.0.0.0/104", 2),
        ("2001:db8::/32", 2),
        ("2001:db8::/64", 1),
        ("2001:db8::/31", 3),
        ("::/0", 7),
    ] {
        let found = all(&*store.auth_events, &address(network)).await;
        assert_eq!(found.len(), count, "{network}");
    }
}

async fn a_purge_deletes_the_oldest_and_no_more_than_its_limit(store: &TestStore) {
    for second in [5, 2, 4, 1, 3] {
        let failure = AuthFailure::UnknownUser;
        fail(&*store.auth_log, seconds(second), "192.0.2.1", failure).await;
    }
    for (purged, left) in [(3, vec![5, 4]), (1, vec![5]), (0, vec![5])] {
        let deleted = store.auth_events.purge(seconds(5), 3).await.unwrap();
        let times = all(&*store.auth_events, &any()).await;
        let times: Vec<_> = times.into_iter().map(|event| event.at).collect();
        let left: Vec<_> = left.into_iter().map(seconds).collect();
        assert_eq!((deleted, times), (purged, left));
    }
}

async fn an_event_after_a_purge_has_a_number_of_its_own(store: &TestStore) {
    let record = async || {
        fail(
            &*store.auth_log,
            seconds(1),
            "192.0.2.1",
            AuthFailure::UnknownUser,
        )
        .await;
        pages(&*store.auth_events, &any(), 1).await.0[0].0
    };
    let first = record().await;
    store.auth_events.purge(seconds(2), 10).await.unwrap();
    assert!(record().await > first);
    let day = Duration::from_hours(24);
    assert_eq!(
        store.auth_events.purge(seconds(1) - day, 10).await.unwrap(),
        0
    );
}

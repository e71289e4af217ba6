//! Counts of what happened.

use std::time::Duration;

use signet::{
    domain::{AuthFailure, AuthSuccess, Bucket, ClientAddress, Outcome, SummaryInterval, TokenId},
    ports::{LoginRecord, SummarizeEventsError},
};
use uuid::Uuid;

use crate::support::{
    auth_log::{fail, seconds, user},
    fixtures::{a_hash, an_act, an_origin, new_user},
    store::{TestStore, on_every_store},
    tokens::a_session,
};

on_every_store![
    a_summary_counts_what_happened_in_the_interval,
    the_worst_addresses_and_accounts_are_ten_at_most_and_ordered,
    an_empty_log_has_a_summary_of_zeros,
    a_summary_of_too_many_events_is_refused_and_tells_after_when_they_are_few_enough,
];

async fn a_summary_counts_what_happened_in_the_interval(store: &TestStore) {
    let log = &*store.auth_log;
    let at = |text: &str| format!("2026-03-01T{text}Z").parse().unwrap();
    let wrong = || AuthFailure::WrongPassword(user(1));
    fail(log, at("09:59:59.999999"), "192.0.2.1", wrong()).await;
    fail(log, at("10:00:00"), "192.0.2.1", wrong()).await;
    fail(log, at("10:59:59.999999"), "192.0.2.1", wrong()).await;
    fail(log, at("11:00:00"), "192.0.2.2", AuthFailure::UnknownUser).await;
    fail(
        log,
        at("12:30:00"),
        "192.0.2.2",
        AuthFailure::Throttled(None),
    )
    .await;
    fail(
        log,
        at("12:59:59"),
        "2001:db8::1",
        AuthFailure::Disabled(user(2)),
    )
    .await;
    // The first bucket is cut as well as the last one.
    let interval = SummaryInterval::new(at("10:00:00.000001"), at("12:59:59"), Bucket::Hour);
    let summary = store
        .auth_events
        .summarize(&interval.unwrap(), 5)
        .await
        .unwrap();
    let counts: Vec<_> = summary
        .counts
        .iter()
        .map(|(start, counts)| {
            let counted = Outcome::ALL.map(|outcome| (outcome, counts.of(outcome)));
            let some = counted.into_iter().filter(|(_, count)| *count > 0);
            (*start, some.collect::<Vec<_>>())
        })
        .collect();
    let expected = [
        (at("10:00:00"), vec![(Outcome::WrongPassword, 1)]),
        (at("11:00:00"), vec![(Outcome::UnknownUser, 1)]),
        (at("12:00:00"), vec![(Outcome::Throttled, 1)]),
    ];
    assert_eq!(counts, expected);
    let worst = [("192.0.2.2", 2), ("192.0.2.1", 1)];
    let worst = worst.map(|(text, count)| (ClientAddress::new(text.parse().unwrap()), count));
    assert_eq!(summary.failing_addresses, worst);
    assert_eq!(summary.failing_users, [(user(1), 1)]);
}

async fn the_worst_addresses_and_accounts_are_ten_at_most_and_ordered(store: &TestStore) {
    let ada = new_user("ada", "ada@example.com");
    store.users.register(&ada, &an_act()).await.unwrap();
    for number in 1..=12_u8 {
        // The last two fail twice, the others once.
        for _ in 0..=u8::from(number > 10) {
            let failure = AuthFailure::WrongPassword(user(number.into()));
            let from = format!("192.0.2.{number}");
            fail(&*store.auth_log, seconds(1), &from, failure).await;
        }
    }
    let success = AuthSuccess {
        session: a_session(1, ada.id),
        kid: "kid-1".parse().unwrap(),
        jti: TokenId::new(Uuid::from_u128(7)),
        verified: a_hash(),
        rehash: None,
    };
    let origin = an_origin();
    let granted = (store.auth_log).record_success(seconds(1), &origin, &success);
    assert_eq!(granted.await.unwrap(), LoginRecord::Recorded);
    let interval = SummaryInterval::new(seconds(0), seconds(60), Bucket::Minute).unwrap();
    let summary = store.auth_events.summarize(&interval, 1000).await.unwrap();
    let order = [
        (11, 2),
        (12, 2),
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 1),
        (5, 1),
        (6, 1),
        (7, 1),
        (8, 1),
    ];
    let address = |number| ClientAddress::new([192, 0, 2, number].into());
    let addresses = order.map(|(number, count)| (address(number), count));
    assert_eq!(summary.failing_addresses, addresses);
    let users = order.map(|(number, count)| (user(number.into()), count));
    assert_eq!(summary.failing_users, users);
}

async fn an_empty_log_has_a_summary_of_zeros(store: &TestStore) {
    for bucket in [Bucket::Minute, Bucket::Hour, Bucket::Day] {
        let to = seconds(0) + bucket.width() * 3;
        let interval = SummaryInterval::new(seconds(0), to, bucket).unwrap();
        let summary = store.auth_events.summarize(&interval, 1000).await.unwrap();
        assert_eq!(summary.counts.len(), 4);
        let zeros = summary.counts.iter().map(|(_, counts)| counts);
        assert!(zeros.eq(&[signet::domain::OutcomeCounts::default(); 4]));
        assert!(summary.failing_addresses.is_empty() && summary.failing_users.is_empty());
    }
}

async fn a_summary_of_too_many_events_is_refused_and_tells_after_when_they_are_few_enough(
    store: &TestStore,
) {
    // Two of them at one moment, and some outside of the interval.
    for second in [9, 1, 3, 2, 3, 4, 60, 100] {
        let failure = AuthFailure::UnknownUser;
        fail(&*store.auth_log, seconds(second), "192.0.2.1", failure).await;
    }
    let summarize = async |from, most| {
        let interval = SummaryInterval::new(from, seconds(60), Bucket::Minute).unwrap();
        store.auth_events.summarize(&interval, most).await
    };
    assert!(summarize(seconds(1), 6).await.is_ok());
    for (most, second) in [(5, 1), (4, 2), (3, 3), (2, 3), (1, 4), (0, 9)] {
        let refused = summarize(seconds(0), most).await;
        let Err(SummarizeEventsError::TooMany { after }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(after, seconds(second));
        let later = after + Duration::from_micros(1);
        let summary = summarize(later, most).await.unwrap();
        assert!(
            summary
                .failing_addresses
                .iter()
                .all(|(_, count)| *count <= most)
        );
    }
}

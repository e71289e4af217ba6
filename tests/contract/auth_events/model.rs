//! Whatever is in the log and whatever is asked: SQLite answers as memory does,
//! and memory as the words of the contract.

use proptest::prelude::*;
use signet::domain::{
    AuthEvent, AuthEventFilter, AuthFailure, Bucket, Outcome, SummaryInterval, Timestamp,
};
use tokio::runtime::Runtime;

use crate::support::{
    auth_log::{all, fail, pages, seconds, session, user},
    store::TestStore,
};

type Recorded = (Timestamp, &'static str, AuthFailure);

const ADDRESSES: [&str; 5] = [
    "10.0.0.1",
    "10.0.1.1",
    "192.0.2.1",
    "2001:db8::1",
    "2001:db8:1::1",
];
const NETWORKS: [&str; 6] = [
    "10.0.0.1",
    "10.0.0.0/24",
    "10.0.0.0/8",
    "2001:db8::/32",
    "0.0.0.0/0",
    "::/0",
];

/// Within two hours, often at the same moment.
fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        (0_u64..7200).prop_map(seconds),
        (0_u64..3).prop_map(seconds)
    ]
}

fn event() -> impl Strategy<Value = Recorded> {
    let failure = (0..7, 1_u128..4).prop_map(|(kind, number)| match kind {
        0 => AuthFailure::UnknownUser,
        1 => AuthFailure::WrongPassword(user(number)),
        2 => AuthFailure::Disabled(user(number)),
        3 => AuthFailure::Throttled(Some(user(number))),
        4 => AuthFailure::RefreshReuse(user(number), session(number)),
        5 => AuthFailure::UnknownClient,
        _ => AuthFailure::Throttled(None),
    });
    (time(), prop::sample::select(&ADDRESSES[..]), failure)
}

fn filter() -> impl Strategy<Value = AuthEventFilter> {
    let network = prop::sample::select(&NETWORKS[..]);
    (
        prop::option::of(1_u128..4),
        prop::option::of(network),
        prop::option::of(prop::sample::select(&Outcome::ALL[..])),
        prop::option::of(time()),
        prop::option::of(time()),
    )
        .prop_map(|(number, network, outcome, from, to)| AuthEventFilter {
            user: number.map(user),
            address: network.map(|text| text.parse().unwrap()),
            outcome,
            from,
            to,
        })
}

fn interval() -> impl Strategy<Value = SummaryInterval> {
    let bucket = prop::sample::select(&[Bucket::Minute, Bucket::Hour, Bucket::Day][..]);
    (time(), 1_u64..9000, bucket).prop_map(|(from, length, bucket)| {
        let to = from + std::time::Duration::from_secs(length);
        SummaryInterval::new(from, to, bucket).unwrap()
    })
}

/// Both stores after all of it, and the events in the order of the list.
async fn recorded(log: &[Recorded]) -> ([TestStore; 2], Vec<AuthEvent>) {
    let stores = [TestStore::memory(), TestStore::sqlite().await];
    let mut events = Vec::new();
    for (at, address, failure) in log {
        for store in &stores {
            let event = fail(&*store.auth_log, *at, address, failure.clone()).await;
            events.push(event);
        }
    }
    let mut events: Vec<_> = events.into_iter().step_by(2).rev().collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    (stores, events)
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 24,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_filter_finds_what_matches_it(
        log in prop::collection::vec(event(), 0..60),
        filters in prop::collection::vec((filter(), 1_u32..9), 12),
    ) {
        Runtime::new().unwrap().block_on(async {
            let (stores, events) = recorded(&log).await;
            for (filter, size) in filters {
                let matching = events.iter().filter(|event| filter.matches(event));
                let expected: Vec<_> = matching.cloned().collect();
                for store in &stores {
                    let found = all(&*store.auth_events, &filter).await;
                    assert_eq!(&found, &expected, "{filter:?}");
                    let (cut, _) = pages(&*store.auth_events, &filter, size).await;
                    let cut = cut.into_iter().map(|(_, event)| event);
                    assert!(cut.eq(expected.iter().cloned()), "{filter:?} by {size}");
                }
            }
        });
    }

    #[test]
    fn every_summary_counts_the_events_of_its_interval(
        log in prop::collection::vec(event(), 0..60),
        intervals in prop::collection::vec(interval(), 6),
    ) {
        Runtime::new().unwrap().block_on(async {
            let ([memory, sqlite], events) = recorded(&log).await;
            for interval in intervals {
                let summary = memory.auth_events.summarize(&interval, 1000).await.unwrap();
                let same = sqlite.auth_events.summarize(&interval, 1000).await.unwrap();
                assert_eq!(summary, same);
                let within: Vec<_> = events
                    .iter()
                    .filter(|event| interval.from() <= event.at && event.at < interval.to())
                    .collect();
                for (start, counts) in &summary.counts {
                    let end = *start + interval.bucket().width();
                    for outcome in Outcome::ALL {
                        let those = within.iter().filter(|event| {
                            event.outcome == outcome && *start <= event.at && event.at < end
                        });
                        assert_eq!(counts.of(outcome), those.count() as u64);
                    }
                }
                let of_address: u64 = summary.failing_addresses.iter().map(|(_, n)| n).sum();
                assert_eq!(of_address, within.len() as u64);
                for (user, failures) in summary.failing_users {
                    let those = within.iter().filter(|event| event.user == Some(user));
                    assert_eq!(failures, those.count() as u64);
                }
            }
        });
    }

    #[test]
    fn a_purge_leaves_the_same_in_every_store(
        log in prop::collection::vec(event(), 0..40),
        before in time(),
        limit in 0_u32..20,
    ) {
        Runtime::new().unwrap().block_on(async {
            let (stores, mut events) = recorded(&log).await;
            let old = events.iter().filter(|event| event.at < before).count();
            let purged = old.min(limit as usize);
            events.truncate(events.len() - purged);
            for store in &stores {
                let deleted = store.auth_events.purge(before, limit).await.unwrap();
                assert_eq!(deleted, purged as u64);
                let left = all(&*store.auth_events, &AuthEventFilter::default()).await;
                assert_eq!(&left, &events);
            }
        });
    }
}

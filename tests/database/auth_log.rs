//! How the auth log is read: along which index, and how far.

use signet::{
    adapters::database::SqlAuthEvents,
    domain::{AuthEventFilter, Bucket, Outcome, PageRequest, Position, SummaryInterval, UserId},
    ports::{AuthEvents, StorageError},
};
use uuid::Uuid;

use crate::support::{
    auth_log::{pages, seconds, user},
    database::TestDatabase,
};

/// Adds that many failures of one address and account, one a second from then
/// on.
pub async fn add(test: &TestDatabase, count: u32, address: &str, user: UserId, from: u32) {
    let address: std::net::Ipv4Addr = address.parse().unwrap();
    let key = hex::encode(address.to_ipv6_mapped().octets());
    test.execute(&format!(
        "INSERT INTO auth_logs (request_timestamp, request_ip, address_key, user_id, outcome, \
         request_id) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < \
         {count} - 1) SELECT strftime('%Y-%m-%dT%H:%M:%S', 1767225600 + {from} + i, 'unixepoch') \
         || '+00:00', '{address}', x'{key}', '{user}', 'wrong_password', 'request' FROM n"
    ))
    .await;
}

fn filters() -> Vec<(AuthEventFilter, &'static str)> {
    let any = AuthEventFilter::default;
    let user = AuthEventFilter {
        user: Some(user(1)),
        ..any()
    };
    let address = |text: &str| AuthEventFilter {
        address: text.parse().ok(),
        ..any()
    };
    let outcome = AuthEventFilter {
        outcome: Some(Outcome::Disabled),
        ..any()
    };
    let failed = |filter| AuthEventFilter {
        outcome: Some(Outcome::Disabled),
        ..filter
    };
    let timed = |filter| AuthEventFilter {
        from: Some(seconds(0)),
        to: Some(seconds(60)),
        ..filter
    };
    vec![
        (any(), "auth_logs_at_idx"),
        (timed(any()), "auth_logs_at_idx"),
        (user.clone(), "auth_logs_user_idx"),
        (timed(user.clone()), "auth_logs_user_idx"),
        (failed(user.clone()), "auth_logs_user_idx"),
        (
            AuthEventFilter {
                user: user.user,
                ..address("10.0.0.0/8")
            },
            "auth_logs_user_idx",
        ),
        (address("10.0.0.1"), "auth_logs_address_idx"),
        (timed(address("10.0.0.1")), "auth_logs_address_idx"),
        (failed(address("10.0.0.1")), "auth_logs_address_idx"),
        (outcome.clone(), "auth_logs_outcome_idx"),
        (timed(outcome), "auth_logs_outcome_idx"),
    ]
}

#[tokio::test]
async fn every_filter_goes_along_an_index_in_the_order_of_the_list() {
    let test = TestDatabase::new().await;
    let events = SqlAuthEvents::new(test.database.clone());
    let after = Some(Position {
        at: seconds(30),
        id: 7,
    });
    for (filter, index) in filters() {
        for after in [None, after.clone()] {
            let page = PageRequest {
                after,
                ..PageRequest::default()
            };
            let plan = events.plan_of_list(&filter, &page).await.unwrap();
            assert!(!plan.is_empty());
            for step in plan {
                assert!(step.contains(index), "{filter:?}: {step}");
                assert!(!step.contains("TEMP B-TREE"), "{filter:?}: {step}");
            }
        }
    }
}

#[tokio::test]
async fn an_index_answers_for_more_than_its_order() {
    let test = TestDatabase::new().await;
    let events = SqlAuthEvents::new(test.database.clone());
    for (filter, _) in filters().into_iter().skip(1) {
        let plan = events.plan_of_list(&filter, &PageRequest::default()).await;
        for step in plan.unwrap() {
            assert!(
                step.starts_with("SEARCH auth_logs USING "),
                "{filter:?}: {step}"
            );
        }
    }
}

#[tokio::test]
async fn a_small_network_is_sorted_and_a_large_one_is_not() {
    let test = TestDatabase::new().await;
    let events = SqlAuthEvents::new(test.database.clone());
    let network = AuthEventFilter {
        address: "10.0.0.0/8".parse().ok(),
        ..AuthEventFilter::default()
    };
    let page = PageRequest::default();
    add(&test, 5_000, "10.0.0.1", user(1), 0).await;
    let small = events
        .plan_of_list(&network, &page)
        .await
        .unwrap()
        .join("; ");
    assert!(
        small.contains("COVERING INDEX auth_logs_address_idx (address_key>"),
        "{small}"
    );
    assert!(small.contains("INTEGER PRIMARY KEY (rowid=?)"), "{small}");
    assert!(!small.contains("SCAN auth_logs"), "{small}");
    add(&test, 1, "10.0.0.1", user(1), 5_000).await;
    let large = events
        .plan_of_list(&network, &page)
        .await
        .unwrap()
        .join("; ");
    assert!(large.contains("auth_logs_at_idx"), "{large}");
    assert!(!large.contains("TEMP B-TREE"), "{large}");
}

#[tokio::test]
async fn what_is_rare_is_found_a_window_at_a_time() {
    let test = TestDatabase::new().await;
    let events = SqlAuthEvents::new(test.database.clone());
    // The five oldest events of a network, under those of another one.
    add(&test, 20_001, "10.0.0.1", user(1), 0).await;
    add(&test, 5, "192.0.2.1", user(2), 20_001).await;
    add(&test, 40_000, "192.0.2.2", user(1), 30_000).await;
    for (filter, expected) in [
        (
            AuthEventFilter {
                address: "10.0.0.0/8".parse().ok(),
                ..AuthEventFilter::default()
            },
            20_001,
        ),
        (
            AuthEventFilter {
                address: "192.0.2.1".parse().ok(),
                user: Some(user(1)),
                ..AuthEventFilter::default()
            },
            0,
        ),
        (
            AuthEventFilter {
                outcome: Some(Outcome::Success),
                user: Some(user(1)),
                ..AuthEventFilter::default()
            },
            0,
        ),
    ] {
        let first = events.list(&filter, &PageRequest::default()).await.unwrap();
        assert!(first.items.is_empty() && first.next.is_some(), "{filter:?}");
        let (all, _) = pages(&events, &filter, 100).await;
        assert_eq!(all.len(), expected);
        assert!(all.is_sorted_by(|(one, _), (next, _)| one > next));
    }
}

#[tokio::test]
async fn a_summary_and_a_purge_read_their_time_alone() {
    let test = TestDatabase::new().await;
    let events = SqlAuthEvents::new(test.database.clone());
    let interval = SummaryInterval::new(seconds(0), seconds(60), Bucket::Minute).unwrap();
    let mut plan = events.plan_of_summary(&interval).await.unwrap();
    plan.extend(events.plan_of_purge(seconds(0)).await.unwrap());
    for step in plan.iter().filter(|step| step.contains("auth_logs_")) {
        assert!(step.contains("request_timestamp"), "{step}");
    }
    assert!(
        !plan.iter().any(|step| step.starts_with("SCAN")),
        "{plan:?}"
    );
}

#[tokio::test]
async fn an_event_that_cannot_be_read_back_names_table_column_and_id() {
    for (column, value) in [
        ("request_ip", "'nowhere'"),
        ("outcome", "'asleep'"),
        ("user_id", "'ada'"),
        ("session_id", "'1'"),
        ("client_id", "''"),
        ("request_id", "''"),
        ("jti", "'1'"),
        ("kid", "NULL"),
    ] {
        let test = TestDatabase::new().await;
        add(&test, 1, "192.0.2.1", user(1), 0).await;
        let id = Uuid::nil();
        let token = format!("UPDATE auth_logs SET kid = 'kid', jti = '{id}'");
        test.execute(&token).await;
        test.execute(&format!("UPDATE auth_logs SET {column} = {value}"))
            .await;
        let events = SqlAuthEvents::new(test.database.clone());
        let found = events
            .list(&AuthEventFilter::default(), &PageRequest::default())
            .await;
        match found.unwrap_err() {
            StorageError::Corrupt {
                table,
                column: named,
                id,
                ..
            } => {
                assert_eq!((table, named, id.as_str()), ("auth_logs", column, "1"));
            }
            StorageError::Unavailable(source) => panic!("{source}"),
        }
    }
}

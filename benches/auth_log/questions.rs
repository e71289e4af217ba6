//! What is asked of the log.

use std::{error::Error, time::Duration};

use signet::domain::{AuthEventFilter, Outcome, Timestamp};

use super::{
    Outcomes,
    support::auth_log::{FEW_OF_USER, RARE_ROWS, user_id},
};

/// Each by what is hard about it.
#[expect(clippy::too_many_lines, reason = "a list")]
pub(crate) fn questions(now: Timestamp) -> Outcomes<Vec<(&'static str, AuthEventFilter)>> {
    let any = AuthEventFilter::default;
    let days_ago = |days: u64| now - Duration::from_hours(24 * days);
    let user = |number| Ok::<_, Box<dyn Error + Send + Sync>>(Some(user_id(number)?));
    let address = |text: &str| AuthEventFilter {
        address: text.parse().ok(),
        ..any()
    };
    let outcome = |outcome| AuthEventFilter {
        outcome: Some(outcome),
        ..any()
    };
    let of_all_users = AuthEventFilter {
        user: user(0)?,
        ..any()
    };
    Ok(vec![
        ("everything", any()),
        (
            "to: 90 days ago",
            AuthEventFilter {
                to: Some(days_ago(90)),
                ..any()
            },
        ),
        ("user: every twentieth event", of_all_users.clone()),
        (
            "user: 5 events of all",
            AuthEventFilter {
                user: user(FEW_OF_USER)?,
                ..any()
            },
        ),
        (
            "user and frequent outcome",
            AuthEventFilter {
                outcome: Some(Outcome::Success),
                ..of_all_users.clone()
            },
        ),
        (
            "user and outcome that they never had",
            AuthEventFilter {
                outcome: Some(Outcome::RefreshReuse),
                ..of_all_users.clone()
            },
        ),
        (
            "user and large network",
            AuthEventFilter {
                address: "10.0.0.0/8".parse().ok(),
                ..of_all_users.clone()
            },
        ),
        (
            "user and network that they never used",
            AuthEventFilter {
                address: "203.0.113.0/24".parse().ok(),
                ..of_all_users
            },
        ),
        ("address: every hundredth event", address("198.51.100.1")),
        (
            "address and frequent outcome",
            AuthEventFilter {
                outcome: Some(Outcome::Success),
                ..address("198.51.100.1")
            },
        ),
        (
            "address and outcome that it never had",
            AuthEventFilter {
                outcome: Some(Outcome::RefreshReuse),
                ..address("198.51.100.1")
            },
        ),
        ("network: /24 of few events", address("203.0.113.0/24")),
        ("network: /19, sorted", address("10.1.0.0/19")),
        (
            "network: 10.0.0.0/8, more than half of all",
            address("10.0.0.0/8"),
        ),
        ("network: /16 of old events alone", address("100.64.0.0/16")),
        ("network: IPv6 /32", address("2001:db8::/32")),
        (
            "large network and outcome",
            AuthEventFilter {
                outcome: Some(Outcome::WrongPassword),
                ..address("10.0.0.0/8")
            },
        ),
        ("frequent outcome", outcome(Outcome::Success)),
        (RARE_ROWS, outcome(Outcome::RefreshReuse)),
        (
            "rare outcome, 170 days",
            AuthEventFilter {
                from: Some(days_ago(170)),
                to: Some(now),
                ..outcome(Outcome::RefreshReuse)
            },
        ),
    ])
}

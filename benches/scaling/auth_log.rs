//! What administrators ask of the auth log, and its purge.

use std::time::Duration;

use signet::{
    adapters::{
        database::{Database, SqlAuthEvents, SqlUserRepo},
        system::SystemClock,
    },
    domain::{AuthEventFilter, Bucket, Outcome, PageRequest, SummaryInterval, User, UserId},
    ports::{AuthEvents, Clock, UserRepo},
    usecases::auth_log::SummarizeAuthEvents,
};

use super::{
    Done,
    times::{FEW_TIMES, Times},
};

pub(crate) async fn measure(database: &Database, some: &[User]) -> Done<()> {
    let events = SqlAuthEvents::new(database.clone());
    let users = SqlUserRepo::new(database.clone());
    let now = SystemClock::new().now();
    let mut times = Times::new("log: a user's events");
    for user in some {
        let filter = AuthEventFilter {
            user: Some(user.id),
            ..AuthEventFilter::default()
        };
        times
            .of(events.list(&filter, &PageRequest::default()))
            .await?;
    }
    times.print();
    let outcome = |outcome| AuthEventFilter {
        outcome: Some(outcome),
        ..AuthEventFilter::default()
    };
    let address = |text: &str| AuthEventFilter {
        address: text.parse().ok(),
        ..AuthEventFilter::default()
    };
    let heavy: Option<UserId> = users
        .find_by_username(&"user-1".parse()?)
        .await?
        .map(|u| u.id);
    for (name, filter) in [
        ("log: everything", AuthEventFilter::default()),
        (
            "log: to 90 days ago",
            AuthEventFilter {
                to: Some(now - Duration::from_hours(24 * 90)),
                ..AuthEventFilter::default()
            },
        ),
        (
            "log: account of every twentieth event",
            AuthEventFilter {
                user: heavy,
                ..AuthEventFilter::default()
            },
        ),
        (
            "log: address of every hundredth event",
            address("198.51.100.1"),
        ),
        ("log: network 10.1.0.0/16", address("10.1.0.0/16")),
        ("log: network 10.0.0.0/8", address("10.0.0.0/8")),
        ("log: frequent outcome", outcome(Outcome::Success)),
        ("log: rare outcome", outcome(Outcome::RefreshReuse)),
    ] {
        let mut times = Times::new(name);
        for _ in 0..FEW_TIMES {
            times
                .of(events.list(&filter, &PageRequest::default()))
                .await?;
        }
        times.print();
    }
    let day = SummaryInterval::new(now - Duration::from_hours(24), now, Bucket::Hour)?;
    let mut times = Times::new("log: summary of a day by the hour");
    for _ in 0..FEW_TIMES {
        let most = SummarizeAuthEvents::MOST_EVENTS;
        times.of(events.summarize(&day, most)).await?;
    }
    times.print();
    let mut times = Times::new("log: purge of 1,000 events");
    for _ in 0..FEW_TIMES {
        let purged = events.purge(now, 1000);
        times.of(purged).await?;
    }
    times.print();
    Ok(())
}

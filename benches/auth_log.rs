//! How long the questions to the auth log take when it has ten million events,
//! and what its indexes cost whoever writes:
//! `cargo bench --bench auth_log`, or `-- 1000000` for fewer events.
//!
//! It needs 6 GB in the folder for temporary files (`TMPDIR`).

mod support;

use std::{error::Error, path::Path, time::Duration};

use signet::{
    adapters::{
        database::{Database, SqlAuthEvents, SqlAuthLog, migrate},
        system::{OsEntropy, SystemClock},
    },
    domain::{
        AuthEventFilter, AuthFailure, Bucket, ClientAddress, Outcome, PageRequest, PageSize,
        RequestId, RequestOrigin, SummaryInterval, Timestamp,
    },
    ports::{AuthEvents, AuthLog, Clock, Entropy},
    usecases::auth_log::SummarizeAuthEvents,
};
use support::{
    auth_log::{DAYS, FEW_OF_USER, RARE_ROWS, drop_indexes, fill, forget_cached, user_id},
    stopwatch::Stopwatch,
};
use tokio::task::JoinSet;

type Outcomes<T> = Result<T, Box<dyn Error + Send + Sync>>;

const RUNS: usize = 9;
const WRITERS: usize = 64;
const WRITING: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Outcomes<()> {
    let number = std::env::args().skip(1).find_map(|text| text.parse().ok());
    let rows: u64 = number.unwrap_or(10_000_000);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("signet.db");
    std::fs::File::create(&path)?;
    let database = Database::open_sqlite(&path).await?;
    migrate(&database).await?;
    database.close().await?;
    let now = SystemClock::new().now();
    let seconds = fill(&path, rows, now).await?;
    println!("{rows} events over {DAYS} days, made in {seconds:.0} s\n");

    println!(
        "{:44}  {:>9}  {:>9}  {:>9}  {:>5}",
        "first page of 20", "cold", "median", "worst", "found"
    );
    for (name, filter) in questions(now)? {
        measure(&path, name, &filter).await?;
    }
    for (name, days, bucket) in [
        ("summary of a day by the hour", 1, Bucket::Hour),
        ("summary of all by the day", DAYS, Bucket::Day),
    ] {
        let from = now - Duration::from_hours(24 * days);
        let interval = SummaryInterval::new(from, now, bucket)?;
        let events = open(&path).await?;
        let time = Stopwatch::start();
        let most = SummarizeAuthEvents::MOST_EVENTS;
        let made = events.1.summarize(&interval, most).await;
        let (made, time) = (made.is_ok(), millis(time.elapsed()));
        println!(
            "{name:44}  {time:>9}  {}",
            if made { "" } else { "refused" }
        );
        events.0.close().await?;
    }
    export(&path).await?;
    purge(&path, now).await?;

    println!("\nwith indexes     {:8.0} events/s", write(&path).await?);
    drop_indexes(&path).await?;
    println!("without indexes  {:8.0} events/s", write(&path).await?);
    Ok(())
}

/// What is asked, by what is hard about it.
#[expect(clippy::too_many_lines, reason = "a list")]
fn questions(now: Timestamp) -> Outcomes<Vec<(&'static str, AuthEventFilter)>> {
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

async fn open(path: &Path) -> Outcomes<(Database, SqlAuthEvents)> {
    let database = Database::open_sqlite(path).await?;
    Ok((database.clone(), SqlAuthEvents::new(database)))
}

/// The first page: once with nothing of the file in memory, then several times.
async fn measure(path: &Path, name: &str, filter: &AuthEventFilter) -> Outcomes<()> {
    forget_cached(path)?;
    let (database, events) = open(path).await?;
    let page = PageRequest::default();
    let time = Stopwatch::start();
    let found = events.list(filter, &page).await?;
    let cold = time.elapsed();
    let mut warm = Vec::new();
    for _ in 0..RUNS {
        let time = Stopwatch::start();
        events.list(filter, &page).await?;
        warm.push(time.elapsed());
    }
    warm.sort_unstable();
    let [cold, median, worst] = [cold, warm[RUNS / 2], warm[RUNS - 1]].map(millis);
    let more = if found.next.is_some() { "+" } else { "" };
    let items = format!("{}{more}", found.items.len());
    println!("{name:44}  {cold:>9}  {median:>9}  {worst:>9}  {items:>5}");
    database.close().await?;
    Ok(())
}

/// The parts of an export, one after the other.
async fn export(path: &Path) -> Outcomes<()> {
    const PARTS: u32 = 1000;
    let (database, events) = open(path).await?;
    let mut page = PageRequest {
        size: PageSize::MAX,
        after: None,
    };
    let time = Stopwatch::start();
    let mut count = 0_u32;
    for _ in 0..PARTS {
        let part = events.list(&AuthEventFilter::default(), &page).await?;
        count += u32::try_from(part.items.len())?;
        page.after = part.next;
    }
    let speed = f64::from(count) / time.elapsed().as_secs_f64();
    println!("export: {speed:.0} events/s");
    database.close().await?;
    Ok(())
}

async fn purge(path: &Path, now: Timestamp) -> Outcomes<()> {
    let (database, events) = open(path).await?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let time = Stopwatch::start();
        events.purge(now, 1000).await?;
        times.push(time.elapsed());
    }
    times.sort_unstable();
    println!("purge of 1000 events: {}", millis(times[RUNS / 2]));
    database.close().await?;
    Ok(())
}

/// How many failures a second are recorded, by writers who wait for each.
async fn write(path: &Path) -> Outcomes<f64> {
    let database = Database::open_sqlite(path).await?;
    let time = Stopwatch::start();
    let mut tasks = JoinSet::new();
    for _ in 0..WRITERS {
        let log = SqlAuthLog::new(database.clone());
        tasks.spawn(record(log));
    }
    let mut count = 0_u32;
    while let Some(done) = tasks.join_next().await {
        count += done??;
    }
    let speed = f64::from(count) / time.elapsed().as_secs_f64();
    database.close().await?;
    Ok(speed)
}

/// Failures of accounts and from addresses all over the log.
async fn record(log: SqlAuthLog) -> Outcomes<u32> {
    let (clock, time) = (SystemClock::new(), Stopwatch::start());
    let mut count = 0;
    while time.elapsed() < WRITING {
        let chance = OsEntropy.uuid();
        let [_, _, _, _, a, b, c, ..] = *chance.as_bytes();
        let origin = RequestOrigin {
            address: ClientAddress::new([10, a, b, c].into()),
            user_agent: None,
            request_id: RequestId::from(chance),
        };
        let number = u64::from(u32::from_be_bytes([0, a, b, c])) % 100_000;
        let failure = AuthFailure::WrongPassword(user_id(number)?);
        log.record_failure(clock.now(), &origin, failure).await?;
        count += 1;
    }
    Ok(count)
}

fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}

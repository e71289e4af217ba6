//! The log as those have it who read it, and its purge.

use std::{path::Path, time::Duration};

use signet::{
    adapters::database::{Database, SqlAuthEvents},
    domain::{AuthEventFilter, PageRequest, PageSize, SummaryInterval, Timestamp},
    ports::AuthEvents,
    usecases::auth_log::SummarizeAuthEvents,
};

use super::{
    Outcomes,
    support::{auth_log::forget_cached, stopwatch::Stopwatch},
};

const RUNS: usize = 9;

async fn open(path: &Path) -> Outcomes<(Database, SqlAuthEvents)> {
    let database = Database::open_sqlite(path).await?;
    Ok((database.clone(), SqlAuthEvents::new(database)))
}

/// The first page: once with nothing of the file in memory, then several times.
pub(crate) async fn measure(path: &Path, name: &str, filter: &AuthEventFilter) -> Outcomes<()> {
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

pub(crate) async fn summarize(path: &Path, name: &str, interval: &SummaryInterval) -> Outcomes<()> {
    let (database, events) = open(path).await?;
    let time = Stopwatch::start();
    let most = SummarizeAuthEvents::MOST_EVENTS;
    let made = events.summarize(interval, most).await;
    let (made, time) = (made.is_ok(), millis(time.elapsed()));
    println!(
        "{name:44}  {time:>9}  {}",
        if made { "" } else { "refused" }
    );
    database.close().await?;
    Ok(())
}

/// The parts of an export, one after the other.
pub(crate) async fn export(path: &Path) -> Outcomes<()> {
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

pub(crate) async fn purge(path: &Path, now: Timestamp) -> Outcomes<()> {
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

fn millis(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1000.0)
}

//! How long the questions to the auth log take when it has ten million events,
//! and what its indexes cost whoever writes:
//! `cargo bench --bench auth_log`, or `-- 1000000` for fewer events.
//!
//! It needs 6 GB in the folder for temporary files (`TMPDIR`).

mod events;
mod questions;
#[path = "../support/mod.rs"]
mod support;
mod writers;

use std::{error::Error, time::Duration};

use signet::{
    adapters::{
        database::{Database, migrate},
        system::SystemClock,
    },
    domain::{Bucket, SummaryInterval},
    ports::Clock,
};

use events::{export, measure, purge, summarize};
use questions::questions;
use support::{
    auth_log::{DAYS, drop_indexes, fill},
    disk::file_system,
};
use writers::write;

pub(crate) type Outcomes<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcomes<()> {
    let number = std::env::args().skip(1).find_map(|text| text.parse().ok());
    let rows: u64 = number.unwrap_or(10_000_000);
    file_system()?;
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
        summarize(&path, name, &interval).await?;
    }
    export(&path).await?;
    purge(&path, now).await?;

    println!("\nwith indexes     {:8.0} events/s", write(&path).await?);
    drop_indexes(&path).await?;
    println!("without indexes  {:8.0} events/s", write(&path).await?);
    Ok(())
}

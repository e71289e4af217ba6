//! What the server does per second and how long it takes, held against what
//! the machine can do without it, in the same run:
//! `cargo bench --bench load -- [--runs 5] [--seconds 5] [PART ...]`.
//!
//! It needs wrk; and nginx, and npm and cc for the C reference of Argon2:
//! without them, what they are for is left out. The databases, and a copy of the program
//! that runs, lie in the folder for temporary files (`TMPDIR`): 6 GB for five million
//! users. `SIGNET` names another program than the one that was built with it.
//!
//! `capacity` is for one database of PostgreSQL, which `scaling` filled and nothing else
//! uses: `-- --database postgres://... capacity`. It writes to it, and is done only there.
#![recursion_limit = "256"]
#![expect(
    clippy::cast_precision_loss,
    reason = "figures of a measurement, not of an account"
)]

mod accounts;
mod baseline;
#[path = "../support/bulk.rs"]
mod bulk;
mod capacity;
mod cpu;
#[path = "../support/disk.rs"]
mod disk;
mod footprint;
mod keys;
mod latency;
mod logins;
mod machine;
mod paced;
mod reference;
mod server;
mod static_page;
#[path = "../support/stopwatch.rs"]
mod stopwatch;
mod table;
mod tokens;
mod turns;
mod users;
mod wrk;

use std::error::Error;

use clap::{Parser, ValueEnum};
use mimalloc::MiMalloc;

use table::Row;

/// As in the server, for the page that is measured against it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How many connections saturate the server.
const CONNECTIONS: usize = 64;

/// Measures the server against what the machine can do without it.
#[derive(Parser)]
struct Effort {
    /// How often everything is measured; medians are printed
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// How long each measurement lasts; those of logins three times, of paced requests four
    /// times as long
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// After how many logins `footprint` looks at the memory
    #[arg(long, default_value_t = 100_000)]
    logins: u64,
    /// How many users `users` has in its large database
    #[arg(long, default_value_t = 5_000_000)]
    users: u64,
    /// The PostgreSQL database of `capacity`
    #[arg(long)]
    database: Option<String>,
    /// What is measured; everything when none is named
    parts: Vec<Part>,
    /// What `cargo bench` adds
    #[arg(long = "bench", hide = true)]
    _bench: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Logins,
    Tokens,
    Keys,
    Latency,
    Footprint,
    Users,
    Capacity,
}

impl Part {
    fn measure(self, effort: &Effort) -> Outcome<Vec<Row>> {
        match self {
            Self::Logins => logins::measure(effort),
            Self::Tokens => tokens::measure(effort),
            Self::Keys => keys::measure(effort),
            Self::Latency => latency::measure(effort),
            Self::Footprint => footprint::measure(effort),
            Self::Users => users::measure(effort),
            Self::Capacity => capacity::measure(effort).map(|()| Vec::new()),
        }
    }
}

fn main() -> Outcome<()> {
    let effort = Effort::parse();
    println!("{}", machine::description()?);
    println!("{} runs of {} s\n", effort.runs, effort.seconds);
    table::heading();
    let mut failed = Vec::new();
    let wanted = |part: &&Part| effort.parts.is_empty() || effort.parts.contains(part);
    for part in Part::value_variants().iter().filter(wanted) {
        match part.measure(&effort) {
            Ok(rows) => rows.iter().for_each(Row::print),
            // The other parts, which take an hour, are measured all the same.
            Err(error) => {
                eprintln!("{part:?}: {error}");
                failed.push(part);
            }
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("not measured: {failed:?}").into())
}

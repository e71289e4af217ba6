//! What a user, a session and an event take in PostgreSQL, and how long what
//! servers ask takes when there are millions of them:
//!
//! `cargo bench --bench scaling -- postgres://.../DATABASE fill USERS SESSIONS EVENTS`
//! makes them in an empty database, and
//! `cargo bench --bench scaling -- postgres://.../DATABASE measure` measures.

mod accounts;
mod auth_log;
mod logins;
mod questions;
#[path = "../support/request.rs"]
mod request;
mod rows;
mod sessions;
#[path = "../support/stopwatch.rs"]
mod stopwatch;
mod times;

use std::{error::Error, time::Duration};

use sea_orm::{ConnectOptions, DatabaseConnection};
use signet::adapters::database::{Database, PostgresLimits, migrate};

use rows::Counts;

pub(crate) type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` adds a flag of its own.
    let given: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    match given[..] {
        [url, "fill", users, sessions, events] => {
            let database = open(url).await?;
            migrate(&database).await?;
            database.close().await?;
            let counts = Counts {
                users: users.parse()?,
                sessions: sessions.parse()?,
                events: events.parse()?,
            };
            rows::fill(&connect(url).await?, counts).await
        }
        [url, "measure"] => {
            let connection = connect(url).await?;
            rows::sizes(&connection).await?;
            questions::measure(&open(url).await?, &connection).await
        }
        _ => {
            println!("scaling: skipped, for it wants a PostgreSQL database (see its first lines)");
            Ok(())
        }
    }
}

/// As servers do.
async fn open(url: &str) -> Done<Database> {
    let limits = PostgresLimits {
        pool_size: 10,
        connect_timeout: Duration::from_secs(10),
        acquire_timeout: Duration::from_secs(5),
        statement_timeout: Duration::from_mins(5),
        migration_wait: PostgresLimits::MIGRATION_WAIT,
    };
    Ok(Database::open_postgres(&url.parse()?, limits).await?)
}

async fn connect(url: &str) -> Done<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Ok(sea_orm::Database::connect(options).await?)
}

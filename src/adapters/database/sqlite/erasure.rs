//! What was deleted leaves the write-ahead log, too: until SQLite writes over
//! it, a former page stays readable there.

use std::time::Duration;

use sea_orm::sqlx::{
    self, ConnectOptions, Connection, Row,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};

use super::Sqlite;

/// How long one attempt may wait for others, and so keep writers waiting.
const WAITS_FOR_OTHERS: Duration = Duration::from_millis(50);

/// How often it is tried before the change is answered, for commands end then.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(50);

/// How often it is tried afterwards, in a process that lives on.
const LATER_ATTEMPTS: u32 = 600;
const LATER_PAUSE: Duration = Duration::from_secs(1);

impl Sqlite {
    /// Merges the write-ahead log into the file and empties it, as far as
    /// nobody reads from it. What was committed stands either way: a failure is
    /// told in the log alone.
    pub(in crate::adapters::database) async fn erase_log(&self) {
        let options = self.options();
        match attempt(&options, ATTEMPTS, PAUSE).await {
            Ok(true) => {}
            Ok(false) => {
                warn(&"others read from it; it is tried again while this process runs");
                tokio::spawn(async move {
                    match attempt(&options, LATER_ATTEMPTS, LATER_PAUSE).await {
                        Ok(true) => tracing::info!("the write-ahead log is empty now"),
                        Ok(false) => warn(&"others read from it all the time"),
                        Err(error) => warn(&error),
                    }
                });
            }
            Err(error) => warn(&error),
        }
    }
}

fn warn(reason: &dyn std::fmt::Display) {
    tracing::warn!(
        %reason,
        "a deleted private key remains, sealed, in the write-ahead log until it is written over or \
         the last server on the database stops"
    );
}

async fn attempt(
    options: &SqliteConnectOptions,
    attempts: u32,
    pause: Duration,
) -> Result<bool, sqlx::Error> {
    // A connection of its own: on the others, locks are waited for longer.
    let options = options.clone().busy_timeout(WAITS_FOR_OTHERS);
    let mut connection = options.connect().await?;
    let mut emptied = truncate(&mut connection).await?;
    for _ in 1..attempts {
        if emptied {
            break;
        }
        tokio::time::sleep(pause).await;
        emptied = truncate(&mut connection).await?;
    }
    connection.close().await?;
    Ok(emptied)
}

async fn truncate(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
    let row = checkpoint.fetch_one(connection).await?;
    let busy: i64 = row.try_get(0)?;
    Ok(busy == 0)
}

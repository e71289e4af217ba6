//! Counts of the auth log.

use std::fmt;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::{
    auth_log_query::{Sql, log_by},
    error::{Row, unavailable},
    reader::Reader,
};
use crate::{
    domain::{
        AddressKey, AuthSummary, Bucket, ClientAddress, Outcome, SUMMARY_TOP, SummaryInterval,
        Timestamp, UserId,
    },
    ports::{StorageError, SummarizeEventsError},
};

/// When the newest event is that makes them more than `most`, if any does.
pub(super) fn beyond(backend: DbBackend, interval: &SummaryInterval, most: u64) -> Statement {
    let log = log_by(backend, "auth_logs_at_idx");
    let select = format!("SELECT request_timestamp FROM {log}");
    within(Sql::new(backend, &select), interval).end(&format!(
        "ORDER BY request_timestamp DESC LIMIT 1 OFFSET {most}"
    ))
}

/// What a summary asks: the counts, and the worst addresses and accounts.
pub(super) fn statements(backend: DbBackend, interval: &SummaryInterval) -> [Statement; 3] {
    let (stamp, _) = stamp(interval.bucket());
    let outcomes = Outcome::ALL.map(|outcome| format!("'{}'", outcome.as_str()));
    let (log, time) = (log_by(backend, "auth_logs_outcome_idx"), time_text(backend));
    let counts = format!(
        "SELECT outcome, substr({time}, 1, {stamp}) AS start, COUNT(*) AS events FROM {log}"
    );
    let counts =
        Sql::new(backend, &counts).and(&format!("outcome IN ({})", outcomes.join(", ")), []);
    let success = Outcome::Success.as_str();
    let top = |column: &str| {
        let log = log_by(backend, "auth_logs_at_idx");
        let select = format!("SELECT {column}, COUNT(*) AS events FROM {log}");
        within(Sql::new(backend, &select), interval)
            .and("outcome <> ?", [success.into()])
            .and(&format!("{column} IS NOT NULL"), [])
            .end(&format!(
                "GROUP BY {column} ORDER BY events DESC, {column} LIMIT {SUMMARY_TOP}"
            ))
    };
    [
        within(counts, interval).end("GROUP BY outcome, start"),
        top("address_key"),
        top("user_id"),
    ]
}

fn within(sql: Sql, interval: &SummaryInterval) -> Sql {
    sql.and("request_timestamp >= ?", [interval.from().into()])
        .and("request_timestamp < ?", [interval.to().into()])
}

/// The time of an event as RFC 3339 text in UTC, to the minute at least.
fn time_text(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "to_char(request_timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI')"
        }
        _ => "request_timestamp",
    }
}

/// How many characters of a stored time name its bucket, and what makes them
/// the time when it begins.
fn stamp(bucket: Bucket) -> (usize, &'static str) {
    match bucket {
        Bucket::Day => ("2026-01-01".len(), "T00:00:00Z"),
        Bucket::Hour => ("2026-01-01T00".len(), ":00:00Z"),
        Bucket::Minute => ("2026-01-01T00:00".len(), ":00Z"),
    }
}

/// All from one snapshot of the log.
pub(super) async fn make(
    reader: &Reader,
    interval: &SummaryInterval,
    most: u64,
) -> Result<AuthSummary, SummarizeEventsError> {
    let making = || make_now(reader, interval, most);
    reader.read_in_time(making).await.map_err(unavailable)?
}

async fn make_now(
    reader: &Reader,
    interval: &SummaryInterval,
    most: u64,
) -> Result<AuthSummary, SummarizeEventsError> {
    let snapshot = reader.snapshot().await.map_err(unavailable)?;
    let backend = reader.get_database_backend();
    let beyond = snapshot
        .query_one_raw(beyond(backend, interval, most))
        .await;
    if let Some(row) = beyond.map_err(unavailable)? {
        let after = row.try_get("", "request_timestamp").map_err(unavailable)?;
        snapshot.rollback().await.map_err(unavailable)?;
        return Err(SummarizeEventsError::TooMany { after });
    }
    let mut answers = Vec::new();
    for statement in statements(backend, interval) {
        let rows = snapshot.query_all_raw(statement).await;
        answers.push(rows.map_err(unavailable)?);
    }
    snapshot.commit().await.map_err(unavailable)?;
    let [counts, addresses, users] = &answers[..] else {
        return Err(StorageError::unavailable("an answer is missing").into());
    };
    let counts = read(counts, |row| count(row, interval.bucket()))?;
    let (addresses, users) = (read(addresses, address)?, read(users, user)?);
    Ok(AuthSummary::new(interval, counts, addresses, users))
}

fn read<T>(
    rows: &[QueryResult],
    of: impl Fn(&QueryResult) -> Result<T, StorageError>,
) -> Result<Vec<T>, StorageError> {
    rows.iter().map(of).collect()
}

fn count(row: &QueryResult, bucket: Bucket) -> Result<(Timestamp, Outcome, u64), StorageError> {
    let start: String = row.try_get("", "start").map_err(unavailable)?;
    let outcome: String = row.try_get("", "outcome").map_err(unavailable)?;
    let (_, rest) = stamp(bucket);
    let at = format!("{start}{rest}").parse();
    Ok((
        at.map_err(|e| corrupt(&start, "request_timestamp", e))?,
        (outcome.parse()).map_err(|()| corrupt(&start, "outcome", "no outcome of this name"))?,
        events(row)?,
    ))
}

fn address(row: &QueryResult) -> Result<(ClientAddress, u64), StorageError> {
    let bytes: Vec<u8> = row.try_get("", "address_key").map_err(unavailable)?;
    let id = hex::encode(&bytes);
    let key = <[u8; 16]>::try_from(bytes);
    let key = key.map_err(|_| corrupt(&id, "address_key", "not 16 bytes"))?;
    Ok((AddressKey::from(key).into(), events(row)?))
}

fn user(row: &QueryResult) -> Result<(UserId, u64), StorageError> {
    let id: String = row.try_get("", "user_id").map_err(unavailable)?;
    let user = id.parse().map_err(|e| corrupt(&id, "user_id", e))?;
    Ok((user, events(row)?))
}

fn events(row: &QueryResult) -> Result<u64, StorageError> {
    let events: i64 = row.try_get("", "events").map_err(unavailable)?;
    Ok(events.unsigned_abs())
}

/// Of rows that were counted together: what they have in common names them.
fn corrupt(id: &str, column: &'static str, reason: impl fmt::Display) -> StorageError {
    let table = "auth_logs";
    Row { table, id }.corrupt(column, reason)
}

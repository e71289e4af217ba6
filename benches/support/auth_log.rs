//! An auth log as a few busy months leave it.

use std::{error::Error, fs::File, path::Path};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use signet::{
    adapters::system::SystemClock,
    domain::{Timestamp, UserId},
    ports::Clock,
};
use uuid::Uuid;

type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

pub(crate) const DAYS: u64 = 180;
/// The number of an account with five events.
pub(crate) const FEW_OF_USER: u64 = 999_999;
pub(crate) const RARE_ROWS: &str = "rare outcome, one event of 200,000";

pub(crate) fn user_id(number: u64) -> Done<UserId> {
    let id = format!("00000000-0000-4000-8000-{number:012x}");
    Ok(UserId::new(Uuid::try_parse(&id)?))
}

async fn connect(path: &Path) -> Done<DatabaseConnection> {
    Ok(sea_orm::Database::connect(format!("sqlite://{}", path.display())).await?)
}

async fn indexes(connection: &DatabaseConnection) -> Done<Vec<(String, String)>> {
    let query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = \
                 'auth_logs'";
    let statement = Statement::from_string(DbBackend::Sqlite, query);
    let mut found = Vec::new();
    for row in connection.query_all_raw(statement).await? {
        found.push((row.try_get("", "name")?, row.try_get("", "sql")?));
    }
    Ok(found)
}

pub(crate) async fn drop_indexes(path: &Path) -> Done<()> {
    let connection = connect(path).await?;
    for (name, _) in indexes(&connection).await? {
        let drop = format!("DROP INDEX {name}");
        connection.execute_unprepared(&drop).await?;
    }
    Ok(connection.close().await?)
}

/// Makes that many events that end now, and answers how many seconds it took.
/// The indexes are made afterwards, which is faster.
///
/// Six of ten events come from 10.0.0.0/8, one of a hundred from 198.51.100.1,
/// one of ten from `2001:db8::/32`, the rest from 172.16.0.0/12, but in the oldest
/// tenth of the log from 100.64.0.0/16. One of twenty is of one account, the
/// others of a hundred thousand.
pub(crate) async fn fill(path: &Path, rows: u64, now: Timestamp) -> Done<f64> {
    let (clock, connection) = (SystemClock::new(), connect(path).await?);
    let started = clock.monotonic();
    let made = indexes(&connection).await?;
    drop_indexes(path).await?;
    for pragma in [
        "journal_mode = OFF",
        "synchronous = OFF",
        "cache_size = -262144",
    ] {
        let pragma = format!("PRAGMA {pragma}");
        connection.execute_unprepared(&pragma).await?;
    }
    connection.execute_unprepared(&events(rows, now)).await?;
    for (_, sql) in made {
        connection.execute_unprepared(&sql).await?;
    }
    let close = "PRAGMA journal_mode = WAL";
    connection.execute_unprepared(close).await?;
    connection.close().await?;
    Ok(clock.monotonic().since(started).as_secs_f64())
}

fn events(rows: u64, now: Timestamp) -> String {
    let (end, seconds) = (now.timestamp(), DAYS * 24 * 60 * 60);
    format!(
        "INSERT INTO auth_logs (request_timestamp, request_ip, address_key, user_id, outcome, \
         user_agent, request_id, kid, jti, session_id) \
         WITH RECURSIVE \
         counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < {rows}), \
         mixed AS (SELECT i, (i * 2654435761) % 4294967291 AS r, \
             (i * 40503 + 12345) % 65521 AS s FROM counted), \
         placed AS (SELECT i, r, s, CASE \
             WHEN i % ({rows} / 5) = 1 THEN printf('cb0071%02x', i % 7) \
             WHEN s % 100 = 0 THEN 'c6336401' \
             WHEN s % 10 < 6 THEN printf('0a%06x', r % 16777216) \
             WHEN s % 10 = 6 THEN NULL \
             WHEN i < {rows} / 10 THEN printf('6440%04x', r % 65536) \
             ELSE printf('ac1%05x', r % 1048576) END AS v4 FROM mixed), \
         keyed AS (SELECT i, r, s, coalesce('00000000000000000000ffff' || v4, \
             printf('20010db8%08x%08x%08x', r % 4294967296, s, r % 65536)) AS k FROM placed), \
         judged AS (SELECT i, r, s, k, CASE \
             WHEN i % 200000 = 17 THEN 'refresh_reuse' \
             WHEN r % 100 < 70 THEN 'success' \
             WHEN r % 100 < 90 THEN 'wrong_password' \
             WHEN r % 100 < 96 THEN 'unknown_user' \
             ELSE 'throttled' END AS outcome FROM keyed) \
         SELECT strftime('%Y-%m-%dT%H:%M:%f', {end} - {seconds} + {seconds}.0 * i / {rows}, \
             'unixepoch') || '+00:00', \
         CASE WHEN k LIKE '00%' THEN printf('%d.%d.%d.%d', {b0}, {b1}, {b2}, {b3}) ELSE \
             printf('2001:db8:%s:%s:%s:%s:%s:%s', substr(k, 9, 4), substr(k, 13, 4), \
             substr(k, 17, 4), substr(k, 21, 4), substr(k, 25, 4), substr(k, 29, 4)) END, \
         unhex(k), \
         CASE WHEN outcome = 'unknown_user' THEN NULL \
             WHEN i % ({rows} / 5) = 2 THEN '00000000-0000-4000-8000-0000000f423f' \
             WHEN r % 20 = 0 AND outcome <> 'refresh_reuse' THEN \
             '00000000-0000-4000-8000-000000000000' \
             ELSE printf('00000000-0000-4000-8000-%012x', 1 + (r / 20) % 100000) END, \
         outcome, 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', \
         printf('00000000-0000-4000-9000-%012x', i), \
         CASE outcome WHEN 'success' THEN '0123456789012345678901234567890123456789012' END, \
         CASE outcome WHEN 'success' THEN printf('00000000-0000-4000-a000-%012x', i) END, \
         CASE outcome WHEN 'success' THEN printf('00000000-0000-4000-b000-%012x', i) END \
         FROM judged",
        b0 = byte(25),
        b1 = byte(27),
        b2 = byte(29),
        b3 = byte(31),
    )
}

/// SQL for the byte whose two hexadecimal digits stand there in `k`.
fn byte(at: u32) -> String {
    let digit = |at| format!("(instr('0123456789abcdef', substr(k, {at}, 1)) - 1)");
    format!("{} * 16 + {}", digit(at), digit(at + 1))
}

/// Asks the system to forget what it holds of the file in memory.
pub(crate) fn forget_cached(path: &Path) -> Done<()> {
    let file = File::open(path)?;
    file.sync_all()?;
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
    Ok(())
}

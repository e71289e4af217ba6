//! An auth log as a few busy months leave it.

use std::{fs::File, path::Path};

use signet::domain::{Timestamp, UserId};
use uuid::Uuid;

use super::bulk::{self, Done};

const TABLE: &str = "auth_logs";

pub(crate) const DAYS: u64 = 180;
/// The number of an account with five events.
pub(crate) const FEW_OF_USER: u64 = 999_999;
pub(crate) const RARE_ROWS: &str = "rare outcome, one event of 200,000";

pub(crate) fn user_id(number: u64) -> Done<UserId> {
    let id = format!("00000000-0000-4000-8000-{number:012x}");
    Ok(UserId::new(Uuid::try_parse(&id)?))
}

pub(crate) async fn drop_indexes(path: &Path) -> Done<()> {
    let connection = bulk::connect(path).await?;
    bulk::drop_indexes(&connection, TABLE).await?;
    Ok(connection.close().await?)
}

/// Makes that many events that end now, and answers how many seconds it took.
///
/// Six of ten events come from 10.0.0.0/8, one of a hundred from 198.51.100.1,
/// one of ten from `2001:db8::/32`, the rest from 172.16.0.0/12, but in the oldest
/// tenth of the log from 100.64.0.0/16. One of twenty is of one account, the
/// others of a hundred thousand.
pub(crate) async fn fill(path: &Path, rows: u64, now: Timestamp) -> Done<f64> {
    bulk::insert(path, TABLE, &events(rows, now)).await
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

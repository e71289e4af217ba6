//! Millions of rows in PostgreSQL.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::{Done, stopwatch::Stopwatch};

/// The id of the account of this number, in no order that the numbers have.
const USER_ID: &str =
    "overlay(overlay(md5('user ' || N)::uuid::text placing '4' from 15) placing '8' from 20)";

const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQxMjM0NTY$\
                    AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// Of each table so many.
#[derive(Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) users: u64,
    pub(crate) sessions: u64,
    pub(crate) events: u64,
}

pub(crate) async fn fill(connection: &DatabaseConnection, counts: Counts) -> Done<()> {
    for (table, sql) in [
        ("users", users(counts.users)),
        ("user_roles", roles()),
        ("sessions", sessions(counts)),
        ("auth_logs", events(counts)),
        ("known_networks", networks(counts.users)),
        ("audit_events", registrations()),
    ] {
        let time = Stopwatch::start();
        insert(connection, table, &sql).await?;
        eprintln!("{table} made in {:.0} s", time.elapsed().as_secs_f64());
    }
    Ok(())
}

/// The indexes are made afterwards, which is faster and leaves them as dense as
/// they get.
async fn insert(connection: &DatabaseConnection, table: &str, sql: &str) -> Done<()> {
    let query = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = $1 \
                 AND indexname NOT LIKE '%_pkey'";
    let query = Statement::from_sql_and_values(DbBackend::Postgres, query, [table.into()]);
    let mut made: Vec<String> = Vec::new();
    for row in connection.query_all_raw(query).await? {
        let name: String = row.try_get("", "indexname")?;
        connection
            .execute_unprepared(&format!("DROP INDEX {name}"))
            .await?;
        made.push(row.try_get("", "indexdef")?);
    }
    connection
        .execute_unprepared("SET maintenance_work_mem = '1GB'")
        .await?;
    connection.execute_unprepared(sql).await?;
    for index in made {
        connection.execute_unprepared(&index).await?;
    }
    let vacuum = format!("VACUUM ANALYZE {table}");
    connection.execute_unprepared(&vacuum).await?;
    Ok(())
}

fn user_id(number: &str) -> String {
    USER_ID.replace('N', &format!("({number})"))
}

/// Registered over two years. One of a hundred is disabled, one of a thousand
/// an editor.
fn users(count: u64) -> String {
    let id = user_id("i");
    format!(
        "INSERT INTO users (id, username, username_folded, email, email_folded, password_hash, \
         status, roles, date_registered, last_login) \
         SELECT {id}, 'user-' || i, 'user-' || i, 'user-' || i || '@example.com', \
         'user-' || i || '@example.com', '{HASH}', \
         CASE WHEN i % 100 = 7 THEN 'disabled' ELSE 'active' END, \
         CASE WHEN i % 1000 = 3 THEN 'editor' ELSE '' END, \
         now() - interval '730 days' * (1 - i::float8 / {count}), now() - interval '1 day' \
         FROM generate_series(1, {count}) AS i"
    )
}

fn roles() -> String {
    "INSERT INTO user_roles (role, date_registered, user_id) \
     SELECT roles, date_registered, id FROM users WHERE roles <> ''"
        .to_owned()
}

/// One of each account, as far as they go: begun within the last ten days, one
/// of ten over since.
fn sessions(counts: Counts) -> String {
    let (count, users) = (counts.sessions, counts.users);
    let id = user_id(&format!("1 + i % {users}"));
    format!(
        "INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, ends_at, \
         address, user_agent, generation, refresh_key, history) \
         SELECT gen_random_uuid()::text, {id}, begun, begun, \
         begun + CASE WHEN i % 10 = 0 THEN interval '10 days' ELSE interval '30 days' END, \
         begun + interval '180 days', '10.1.2.3', '{AGENT}', 1, 1, '[]' \
         FROM (SELECT i, now() - interval '10 days' * (1 + i::float8 / {count}) AS begun \
         FROM generate_series(1, {count}) AS i) AS counted"
    )
}

/// Over 180 days. Six of ten come from 10.0.0.0/8, one of ten from
/// `2001:db8::/32`, one of a hundred from 198.51.100.1, the rest from
/// 172.16.0.0/12; one of twenty is of one account; seven of ten are successes.
fn events(counts: Counts) -> String {
    let (count, users) = (counts.events, counts.users);
    let (heavy, other) = (user_id("1"), user_id(&format!("1 + (r / 20) % {users}")));
    format!(
        "INSERT INTO auth_logs (request_timestamp, request_ip, address_key, user_id, outcome, \
         user_agent, request_id, kid, jti, session_id) \
         SELECT now() - interval '180 days' * (1 - i::float8 / {count}), \
         CASE WHEN v4 IS NULL THEN host('2001:db8::'::inet + r) \
             ELSE host('0.0.0.0'::inet + v4) END, \
         CASE WHEN v4 IS NULL THEN decode('20010db8' || lpad(to_hex(r), 24, '0'), 'hex') \
             ELSE decode('00000000000000000000ffff' || lpad(to_hex(v4), 8, '0'), 'hex') END, \
         CASE WHEN outcome = 'unknown_user' THEN NULL WHEN r % 20 = 0 THEN {heavy} \
             ELSE {other} END, \
         outcome, '{AGENT}', gen_random_uuid()::text, \
         CASE outcome WHEN 'success' THEN '0123456789012345678901234567890123456789012' END, \
         CASE outcome WHEN 'success' THEN gen_random_uuid()::text END, \
         CASE outcome WHEN 'success' THEN gen_random_uuid()::text END \
         FROM (SELECT i, r, \
             CASE WHEN s % 100 = 0 THEN 3325256705 \
                 WHEN s % 10 < 6 THEN 167772160 + r % 16777216 \
                 WHEN s % 10 = 6 THEN NULL \
                 ELSE 2886729728 + r % 1048576 END AS v4, \
             CASE WHEN i % 200000 = 17 THEN 'refresh_reuse' \
                 WHEN r % 100 < 70 THEN 'success' \
                 WHEN r % 100 < 90 THEN 'wrong_password' \
                 WHEN r % 100 < 96 THEN 'unknown_user' \
                 ELSE 'throttled' END AS outcome \
             FROM (SELECT i, (i * 2654435761) % 4294967291 AS r, \
                 (i * 40503 + 12345) % 65521 AS s \
                 FROM generate_series(1, {count}::bigint) AS i) AS counted) AS judged"
    )
}

/// Three of each account, of the last 30 days.
fn networks(users: u64) -> String {
    let id = user_id("i");
    format!(
        "INSERT INTO known_networks (user_id, network, last_login_at) \
         SELECT {id}, host('10.0.0.0'::inet + (i * 3 + n) % 16777216), \
         now() - interval '10 days' * n \
         FROM generate_series(1, {users}::bigint) AS i, generate_series(0, 2) AS n"
    )
}

/// One of each account.
fn registrations() -> String {
    format!(
        "INSERT INTO audit_events (at, actor, action, target_kind, target_id, address, user_agent, \
         request_id, after) \
         SELECT date_registered, id, 'user.register', 'user', id, '10.1.2.3', '{AGENT}', \
         gen_random_uuid()::text, '{{\"display_name\":null,\"email\":\"' || email || \
         '\",\"roles\":[],\"status\":\"active\",\"username\":\"' || username || '\"}}' \
         FROM users ORDER BY date_registered"
    )
}

/// Bytes per row of a table and of its indexes.
pub(crate) async fn sizes(connection: &DatabaseConnection) -> Done<()> {
    println!(
        "{:14} {:>10} {:>14} {:>16} {:>14}",
        "table", "rows", "bytes per row", "of its indexes", "in all, MB"
    );
    for table in [
        "users",
        "sessions",
        "auth_logs",
        "known_networks",
        "audit_events",
    ] {
        let sql = format!(
            "SELECT count(*)::bigint, pg_table_size('{table}')::bigint, \
             pg_indexes_size('{table}')::bigint, pg_total_relation_size('{table}')::bigint \
             FROM {table}"
        );
        let query = Statement::from_string(DbBackend::Postgres, sql);
        let row = connection.query_one_raw(query).await?.ok_or("no row")?;
        let [rows, heap, indexes, all]: [i64; 4] = [
            row.try_get_by_index(0)?,
            row.try_get_by_index(1)?,
            row.try_get_by_index(2)?,
            row.try_get_by_index(3)?,
        ];
        let each = |bytes: i64| bytes / rows.max(1);
        println!(
            "{table:14} {rows:>10} {:>14} {:>16} {:>14}",
            each(heap),
            each(indexes),
            all / 1_000_000
        );
    }
    Ok(())
}

/// A text column's values, chosen from all over a table.
pub(crate) async fn sample(connection: &DatabaseConnection, sql: &str) -> Done<Vec<String>> {
    let query = Statement::from_string(DbBackend::Postgres, sql);
    let rows = connection.query_all_raw(query).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?)
}

//! What arrives, and what is like it was.

use std::{path::Path, sync::Arc};

use signet::{
    adapters::database::{
        CopyStep, Database, SqlAuthEvents, SqlAuthLog, SqlUserRepo, check_schema, copy,
    },
    domain::{AuthEventFilter, AuthFailure, PageRequest},
    ports::{AuthEvents, AuthLog, UserRepo},
};

use super::{copied, empty_file, filled::filled, names, source};
use crate::support::{
    auth_log::seconds,
    database::{TestDatabase, execute, rows},
    fixtures::{an_act, an_origin, new_user},
    postgres::{PostgresDatabase, open},
};

/// The tables of a file that hold the state, by its schema.
async fn schema(path: &Path) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' \
               AND name NOT IN ('seaql_migrations', 'sqlite_sequence') ORDER BY name";
    rows(path, sql).await.concat()
}

async fn columns(path: &Path, table: &str) -> Vec<String> {
    let sql = format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid");
    rows(path, &sql).await.concat()
}

/// All that a file holds, by its schema.
async fn contents(path: &Path) -> Vec<(String, Vec<Vec<String>>)> {
    let mut all = Vec::new();
    for table in schema(path).await {
        let columns = columns(path, &table).await;
        let quoted: Vec<_> = columns.iter().map(|c| format!("quote(\"{c}\")")).collect();
        let quoted = quoted.join(", ");
        let sql = format!("SELECT {quoted} FROM {table} ORDER BY {quoted}");
        let rows = rows(path, &sql).await;
        all.push((table, rows));
    }
    all
}

async fn numbers(database: &Database) -> Vec<i64> {
    let events = SqlAuthEvents::new(database.clone());
    let (filter, page) = (AuthEventFilter::default(), PageRequest::default());
    let found = events.list(&filter, &page).await.unwrap();
    found.items.iter().map(|(id, _)| *id).collect()
}

async fn fail(database: &Database) {
    let log = SqlAuthLog::new(database.clone());
    let (origin, failure) = (an_origin(), AuthFailure::UnknownUser);
    let failed = log.record_failure(seconds(9), &origin, failure).await;
    failed.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_of_the_schema_is_copied() {
    let (target, _dir) = empty_file().await;
    let test = TestDatabase::new().await;
    let copied = copied(&source(&test.path()).await, &target).await.unwrap();
    let mut names = names(&copied);
    names.sort_unstable();
    assert_eq!(names, schema(&test.path()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_of_every_column_has_a_value_in_each() {
    let store = filled().await;
    let path = store.database().path();
    for table in schema(&path).await {
        for column in columns(&path, &table).await {
            let sql = format!("SELECT COUNT(\"{column}\") > 0 FROM {table}");
            assert_eq!(rows(&path, &sql).await, [["1"]], "{table}.{column}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_is_the_same_after_the_way_to_postgresql_and_back() {
    let Some(url) = PostgresDatabase::empty().await else {
        return;
    };
    let store = filled().await;
    let postgres = open(&url).await;
    let source = source(&store.database().path()).await;
    let there = copied(&source, &postgres).await.unwrap();
    check_schema(&postgres).await.unwrap();
    let (file, dir) = empty_file().await;
    let back = copied(&postgres, &file).await.unwrap();
    file.close().await.unwrap();
    assert_eq!(there, back);
    assert!(there.iter().all(|table| table.rows > 0), "{there:?}");
    let before = contents(&store.database().path()).await;
    assert_eq!(contents(&dir.path().join("signet.db")).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_numbers_further_events_behind_those_that_were_ever_there() {
    let Some(target) = PostgresDatabase::new().await else {
        return;
    };
    let store = filled().await;
    let path = store.database().path();
    let highest = rows(
        &path,
        "SELECT seq FROM sqlite_sequence WHERE name = 'auth_logs'",
    )
    .await;
    let highest: i64 = highest[0][0].parse().unwrap();
    execute(
        &path,
        &format!("DELETE FROM auth_logs WHERE id = {highest}"),
    )
    .await;
    copied(&source(&path).await, &target.database)
        .await
        .unwrap();
    fail(&target.database).await;
    assert_eq!(numbers(&target.database).await[0], highest + 1);
    let (file, _dir) = empty_file().await;
    copied(&target.database, &file).await.unwrap();
    fail(&file).await;
    assert_eq!(numbers(&file).await[0], highest + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rows_than_are_held_at_once_arrive_in_both_directions() {
    let Some(target) = PostgresDatabase::new().await else {
        return;
    };
    let test = TestDatabase::new().await;
    test.execute(
        "INSERT INTO auth_logs (request_timestamp, request_ip, outcome, request_id) \
         WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < 2500) \
         SELECT '2026-01-01T00:00:00.123456+00:00', '192.0.2.7', 'unknown_user', i FROM counted; \
         INSERT INTO revoked_tokens (jti, expires_at) \
         SELECT printf('00000000-0000-4000-a000-%012x', id), request_timestamp FROM auth_logs \
         ORDER BY (id * 40503) % 65521 LIMIT 2000",
    )
    .await;
    let mut written = 0;
    let source = source(&test.path()).await;
    let mut count = |step| {
        if let CopyStep::Written(_, rows) = step {
            written += rows;
        }
    };
    let there = copy(&source, &target.database, &mut count).await;
    let there = there.unwrap();
    assert_eq!(written, 4500);
    let (file, _dir) = empty_file().await;
    assert_eq!(copied(&target.database, &file).await.unwrap(), there);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_is_finer_than_postgresql_keeps_is_cut() {
    let Some(target) = PostgresDatabase::new().await else {
        return;
    };
    let test = TestDatabase::new().await;
    test.execute(
        "INSERT INTO revoked_tokens (jti, expires_at) \
         VALUES ('token', '2026-01-01T00:00:00.123456789+00:00')",
    )
    .await;
    let source = source(&test.path()).await;
    copied(&source, &target.database).await.unwrap();
    let sql = "SELECT extract(microseconds FROM expires_at)::text FROM revoked_tokens";
    assert_eq!(target.rows(sql).await, [["123456"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_writes_meanwhile_is_not_in_the_copy_and_not_disturbed() {
    let (target, _dir) = empty_file().await;
    let test = TestDatabase::new().await;
    let users = Arc::new(SqlUserRepo::new(test.database.clone()));
    let register = |name: &'static str| {
        let users = users.clone();
        async move {
            let user = new_user(name, &format!("{name}@example.com"));
            users.register(&user, &an_act()).await.unwrap();
        }
    };
    register("before").await;
    let source = source(&test.path()).await;
    let runtime = tokio::runtime::Handle::current();
    let mut write = |step| {
        if let CopyStep::Counted(_) = step {
            tokio::task::block_in_place(|| runtime.block_on(register("meanwhile")));
        }
    };
    copy(&source, &target, &mut write).await.unwrap();
    let names = |database: Database| async move {
        let users = SqlUserRepo::new(database);
        let (filter, page) = (
            signet::domain::UserFilter::default(),
            PageRequest::default(),
        );
        let found = users.list(&filter, &page).await.unwrap();
        let mut names: Vec<_> = (found.items.iter())
            .map(|user| user.username.to_string())
            .collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names(target).await, ["before"]);
    assert_eq!(names(test.database.clone()).await, ["before", "meanwhile"]);
}

//! What befalls either side while it is copied.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use signet::{
    adapters::database::{
        CopyError, CopyStep, Database, PostgresLimits, SchemaError, SqlUserRepo, copy, migrate,
    },
    ports::UserRepo,
};

use super::{copied, empty_file, filled::filled, source, source_behind_a_proxy};
use crate::support::{
    fixtures::{an_act, new_user},
    postgres::{PostgresDatabase, limits},
    postgres_proxy::{PostgresProxy, Way},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_someone_works_on_is_refused() {
    let Some(target) = PostgresDatabase::new().await else {
        return;
    };
    // A copy onto itself is one that would wait for its own reading.
    let error = copied(&target.database, &target.database)
        .await
        .unwrap_err();
    assert!(matches!(error, CopyError::TargetInUse), "{error}");
}

/// Packets are lost from some moment on, and PostgreSQL finds out by its keepalives.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_given_up_when_its_source_lost_the_connection_and_answers_others() {
    const PATIENCE: Duration = Duration::from_mins(1);
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let (target, _dir) = empty_file().await;
    let (source, proxy) = source_behind_a_proxy(&test).await;
    let runtime = tokio::runtime::Handle::current();
    let mut lose = |step| {
        if let CopyStep::Counted(_) = step {
            proxy.go(Way::SilentToFormer);
            tokio::task::block_in_place(|| runtime.block_on(end_reading(&test)));
        }
    };
    let copying = Box::pin(copy(&source, &target, &mut lose));
    let error = tokio::time::timeout(PATIENCE, copying).await.unwrap();
    let error = error.unwrap_err();
    assert!(matches!(error, CopyError::Silent(_)), "{error}");
}

async fn end_reading(test: &PostgresDatabase) {
    test.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND application_name = 'signet'",
    )
    .await;
}

/// As the pool does with its connection when that is old.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_whose_source_was_read_to_its_end_is_committed_however_long_that_takes() {
    const PATIENCE: Duration = Duration::from_mins(1);
    let (Some(test), Some(target)) = (PostgresDatabase::new().await, PostgresDatabase::new().await)
    else {
        return;
    };
    let ada = new_user("ada", "ada@example.com");
    let users = SqlUserRepo::new(test.database.clone());
    users.register(&ada, &an_act()).await.unwrap();
    target
        .execute(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$; \
             CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED \
             FOR EACH ROW EXECUTE FUNCTION wait()",
        )
        .await;
    let other = target.server.connect(&target.name).await;
    let hold = "BEGIN; SELECT pg_advisory_xact_lock(4711)";
    other.execute_unprepared(hold).await.unwrap();
    let proxy = PostgresProxy::start(target.server);
    let limits = PostgresLimits {
        connect_timeout: Duration::from_secs(2),
        ..limits()
    };
    let source = Database::open_postgres_read_only(&test.url().parse().unwrap(), limits).await;
    let through = Database::open_postgres(&proxy.url(&target.name).parse().unwrap(), limits).await;
    let (source, through) = (source.unwrap(), through.unwrap());
    let copying = tokio::spawn(async move { copied(&source, &through).await });
    let meanwhile = async {
        let waiting = "SELECT 1::text FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                       AND database = (SELECT oid FROM pg_database \
                       WHERE datname = current_database())";
        while target.rows(waiting).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        end_reading(&test).await;
        // Both databases' works are looked up in the same intervals.
        let before = proxy.accepted();
        while proxy.accepted() < before + 4 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, meanwhile).await.unwrap();
    other.execute_unprepared("ROLLBACK").await.unwrap();
    let copied = tokio::time::timeout(PATIENCE, copying).await.unwrap();
    copied.unwrap().unwrap();
    assert_eq!(target.rows("SELECT username FROM users").await, [["ada"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_waits_for_those_who_use_tables_that_it_migrates_as_a_start_does() {
    let Some(url) = PostgresDatabase::empty().await else {
        return;
    };
    let mut options = sea_orm::ConnectOptions::new(&url);
    options.max_connections(1).sqlx_logging(false);
    let other = sea_orm::Database::connect(options).await.unwrap();
    let earlier = include_str!("../earlier_schemas/postgres/13.sql");
    other.execute_unprepared(earlier).await.unwrap();
    let read = "BEGIN; LOCK TABLE public.users IN ACCESS SHARE MODE";
    other.execute_unprepared(read).await.unwrap();
    let limits = PostgresLimits {
        migration_wait: Duration::from_millis(100),
        ..limits()
    };
    let target = Database::open_postgres(&url.parse().unwrap(), limits).await;
    let target = target.unwrap();
    let store = filled().await;
    let source = source(&store.database().path()).await;
    let error = copied(&source, &target).await.unwrap_err();
    assert!(error.is_refusal());
    let in_use = matches!(error, CopyError::TargetSchema(SchemaError::InUse { .. }));
    assert!(in_use, "{error}");
    other.execute_unprepared("ROLLBACK").await.unwrap();
    // What was in it is found, which is after it was migrated.
    let error = copied(&source, &target).await.unwrap_err();
    assert!(matches!(error, CopyError::TargetNotEmpty(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_at_rest_that_is_written_to_meanwhile_is_no_source() {
    let (target, _dir) = empty_file().await;
    let (file, dir) = empty_file().await;
    migrate(&file).await.unwrap();
    file.close().await.unwrap();
    let path = dir.path().join("signet.db");
    let source = source(&path).await;
    let runtime = tokio::runtime::Handle::current();
    let mut write = |step| {
        if let CopyStep::Counted(_) = step {
            tokio::task::block_in_place(|| runtime.block_on(write_to(&path)));
        }
    };
    let error = copy(&source, &target, &mut write).await.unwrap_err();
    assert!(matches!(error, CopyError::SourceChanged), "{error}");
}

async fn write_to(path: &std::path::Path) {
    let database = Database::open_sqlite(path).await.unwrap();
    let users = SqlUserRepo::new(database.clone());
    let user = new_user("ada", "ada@example.com");
    users.register(&user, &an_act()).await.unwrap();
    database.close().await.unwrap();
}

use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use signet::adapters::database::{Database, PostgresLimits, SchemaError, check_schema, migrate};
use tokio::task::{JoinHandle, JoinSet};

use crate::support::{
    postgres::{PostgresDatabase, limits, open},
    postgres_proxy::{PostgresProxy, Way},
};

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_that_start_at_once_on_an_empty_database_one_migrates() {
    let Some(url) = PostgresDatabase::empty().await else {
        return;
    };
    let mut starts = JoinSet::new();
    for _ in 0..10 {
        let url = url.clone();
        starts.spawn(async move {
            let database = open(&url).await;
            let applied = migrate(&database).await.unwrap();
            check_schema(&database).await.unwrap();
            applied
        });
    }
    let mut applied = starts.join_all().await;
    applied.sort_unstable();
    assert_eq!(applied.pop(), Some(Migrator::migrations().len()));
    assert_eq!(applied, [0; 9]);
}

/// Another process that migrates, or copies into the database, and stands still.
async fn stuck(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let other = sea_orm::Database::connect(options).await.unwrap();
    let lock = "SET application_name = 'somebody'; BEGIN; \
                SELECT pg_advisory_xact_lock(x'53676e74'::int, 1)";
    other.execute_unprepared(lock).await.unwrap();
    other
}

#[tokio::test]
async fn a_start_that_waits_too_long_for_another_migration_says_whose_it_is() {
    let Some(url) = PostgresDatabase::empty().await else {
        return;
    };
    let other = stuck(&url).await;
    let limits = PostgresLimits {
        migration_wait: Duration::from_millis(200),
        ..limits()
    };
    let database = Database::open_postgres(&url.parse().unwrap(), limits).await;
    let database = database.unwrap();
    let error = migrate(&database).await.unwrap_err();
    assert!(matches!(error, SchemaError::Locked { .. }), "{error}");
    let pid = "SELECT pg_backend_pid()";
    let pid = other
        .query_one_raw(Statement::from_string(DbBackend::Postgres, pid))
        .await
        .unwrap()
        .unwrap();
    let pid: i32 = pid.try_get_by_index(0).unwrap();
    for words in [&*format!("pid {pid}, "), "somebody", "a local socket"] {
        assert!(error.to_string().contains(words), "{words} in {error}");
    }
    other.execute_unprepared("ROLLBACK").await.unwrap();
    let applied = migrate(&database).await.unwrap();
    assert_eq!(applied, Migrator::migrations().len());
}

/// A migration that waits for another one, and knows the way through a proxy alone.
struct Waiting {
    test: PostgresDatabase,
    proxy: PostgresProxy,
    other: DatabaseConnection,
    migrating: JoinHandle<Result<usize, SchemaError>>,
    /// Of its process.
    pid: String,
}

impl Waiting {
    async fn begin(connect_timeout: Duration) -> Option<Self> {
        let test = PostgresDatabase::new().await?;
        Some(Self::begin_as("signet", test, connect_timeout).await)
    }

    async fn begin_as(login: &str, test: PostgresDatabase, connect_timeout: Duration) -> Self {
        let proxy = PostgresProxy::start(test.server);
        let url = proxy.url(&test.name);
        let url = url.replace("//signet:", &format!("//{login}:"));
        let url = url.parse().unwrap();
        let limits = PostgresLimits {
            connect_timeout,
            ..limits()
        };
        let database = Database::open_postgres(&url, limits).await.unwrap();
        let other = stuck(&test.url()).await;
        let migrating = tokio::spawn(async move { migrate(&database).await });
        let sql = "SELECT pid::text FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let waits = async {
            loop {
                if let Some(pid) = test.rows(sql).await.into_iter().flatten().next() {
                    break pid;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let pid = tokio::time::timeout(PATIENCE, waits).await.unwrap();
        Self {
            test,
            proxy,
            other,
            migrating,
            pid,
        }
    }

    /// Lets it go on after four times that its process was looked up, and says how many
    /// migrations it made.
    async fn goes_on_after_questions(self) -> usize {
        let asked = async {
            let before = self.proxy.accepted();
            while self.proxy.accepted() < before + 4 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.unwrap();
        let rollback = self.other.execute_unprepared("ROLLBACK").await;
        rollback.unwrap();
        let migrated = tokio::time::timeout(PATIENCE, self.migrating).await;
        migrated.unwrap().unwrap().unwrap()
    }

    /// What the migration says in the end.
    async fn error(self) -> String {
        let ended = tokio::time::timeout(PATIENCE, self.migrating).await;
        let error = ended.unwrap().unwrap().unwrap_err();
        std::error::Error::source(&error).unwrap().to_string()
    }
}

/// Nobody is told when a machine on the way is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_migration_is_given_up_when_postgresql_answers_nobody_any_more() {
    let Some(waiting) = Waiting::begin(Duration::from_secs(1)).await else {
        return;
    };
    waiting.proxy.go(Way::Silent);
    let error = waiting.error().await;
    assert!(error.contains("does not answer any more"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_is_given_up_when_its_own_connection_is_lost_and_others_are_answered() {
    let Some(waiting) = Waiting::begin(Duration::from_secs(1)).await else {
        return;
    };
    waiting.proxy.go(Way::SilentToFormer);
    // As it does itself when keepalives get no answer.
    let end = format!("SELECT pg_terminate_backend({})", waiting.pid);
    waiting.test.execute(&end).await;
    let error = waiting.error().await;
    assert!(error.contains("did the work is gone"), "{error}");
}

/// It waits for a lock meanwhile, and would hold what it has for as long.
#[tokio::test(flavor = "multi_thread")]
async fn postgresql_ends_a_migration_whose_program_is_gone() {
    let Some(waiting) = Waiting::begin(PATIENCE).await else {
        return;
    };
    waiting.proxy.go(Way::Away);
    let sql = format!(
        "SELECT pid::text FROM pg_stat_activity WHERE pid = {}",
        waiting.pid
    );
    let gone = async {
        while !waiting.test.rows(&sql).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE / 2, gone).await.unwrap();
    waiting.other.execute_unprepared("ROLLBACK").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_whose_connection_is_there_goes_on_however_often_that_is_asked() {
    let Some(waiting) = Waiting::begin(Duration::from_secs(2)).await else {
        return;
    };
    assert_eq!(waiting.goes_on_after_questions().await, 0);
}

/// From such a role PostgreSQL hides since when the login's processes are there.
#[tokio::test(flavor = "multi_thread")]
async fn a_migration_of_a_login_that_acts_as_another_role_goes_on_as_any_other() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let (login, owner) = (
        format!("login_{}", test.name),
        format!("owner_{}", test.name),
    );
    test.execute(&format!(
        "CREATE ROLE {owner}; CREATE ROLE {login} LOGIN IN ROLE {owner}; \
         ALTER ROLE {login} SET role = {owner}; \
         GRANT ALL ON ALL TABLES IN SCHEMA public TO {owner}"
    ))
    .await;
    let waiting = Waiting::begin_as(&login, test, Duration::from_secs(2)).await;
    assert_eq!(waiting.goes_on_after_questions().await, 0);
}

#[tokio::test]
async fn a_missing_migration_is_told_where_migrating_is_off() {
    let Some(url) = PostgresDatabase::empty().await else {
        return;
    };
    let error = check_schema(&open(&url).await).await.unwrap_err();
    assert!(matches!(error, SchemaError::Pending(_)), "{error}");
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_refused_and_left_alone() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let newer = "m29990101_000001_later";
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES";
    test.execute(&format!("{sql} ('{newer}', 0)")).await;
    for result in [
        migrate(&test.database).await.map(drop),
        check_schema(&test.database).await,
    ] {
        let error = result.unwrap_err();
        assert!(matches!(error, SchemaError::Newer(_)));
        assert!(error.to_string().contains(newer), "{error}");
    }
}

#[tokio::test]
async fn names_are_ordered_by_their_bytes() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let sql = "SELECT collation_name::text FROM information_schema.columns \
               WHERE table_name = 'users' AND column_name IN \
               ('id', 'username_folded', 'email_folded')";
    assert_eq!(test.rows(sql).await, [["C"], ["C"], ["C"]]);
}

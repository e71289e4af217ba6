use std::time::Duration;

use signet::{
    adapters::database::{Database, PostgresLimits, SqlKeyStore, SqlUserRepo},
    ports::{KeyStore, RegisterError, Storage, StorageError, UserRepo},
};

use crate::support::{
    fixtures::{an_act, new_user},
    postgres::{PostgresDatabase, limits, open},
    postgres_proxy::{PostgresProxy, Way},
};

/// A database of which the adapters know the way through the proxy alone.
struct Behind {
    test: PostgresDatabase,
    proxy: PostgresProxy,
    users: SqlUserRepo,
}

impl Behind {
    async fn new() -> Option<Self> {
        let test = PostgresDatabase::new().await?;
        let proxy = PostgresProxy::start(test.server);
        let users = SqlUserRepo::new(open(&proxy.url(&test.name)).await);
        Some(Self { test, proxy, users })
    }

    async fn register(&self, name: &str) -> Result<(), RegisterError> {
        let user = new_user(name, &format!("{name}@example.com"));
        self.users.register(&user, &an_act()).await
    }

    async fn usernames(&self) -> Vec<String> {
        let sql = "SELECT username FROM users ORDER BY username";
        self.test.rows(sql).await.into_iter().flatten().collect()
    }
}

async fn end_all_connections(test: &PostgresDatabase) {
    test.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .await;
}

#[tokio::test]
async fn what_comes_after_the_server_ended_all_connections_goes_well() {
    let Some(behind) = Behind::new().await else {
        return;
    };
    behind.register("ada").await.unwrap();
    end_all_connections(&behind.test).await;
    behind.register("bob").await.unwrap();
    end_all_connections(&behind.test).await;
    let found = behind.users.find_by_username(&"ada".parse().unwrap()).await;
    assert!(found.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_whose_connection_ends_before_its_commit_is_done_again() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    // The first registration ends its own connection.
    test.execute(
        "CREATE SEQUENCE attempts; \
         CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('attempts') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; \
         RETURN NEW; END $$; \
         CREATE TRIGGER die BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION die()",
    )
    .await;
    let users = SqlUserRepo::new(test.database.clone());
    let ada = new_user("ada", "ada@example.com");
    users.register(&ada, &an_act()).await.unwrap();
    assert_eq!(test.rows("SELECT last_value FROM attempts").await, [["2"]]);
    assert_eq!(test.rows("SELECT username FROM users").await, [["ada"]]);
    let events = "SELECT action FROM audit_events";
    assert_eq!(test.rows(events).await.len(), 1);
}

/// Its first query had an answer, which is worth nothing without the second one's.
#[tokio::test(flavor = "multi_thread")]
async fn a_reading_whose_connection_ends_between_its_queries_is_done_again() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    test.execute(
        "CREATE SEQUENCE attempts; \
         ALTER TABLE refresh_keys RENAME TO kept; \
         CREATE FUNCTION die() RETURNS SETOF kept LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('attempts') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; \
         RETURN QUERY SELECT * FROM kept; END $$; \
         CREATE VIEW refresh_keys AS SELECT * FROM die()",
    )
    .await;
    let keys = SqlKeyStore::new(test.database.clone());
    keys.load().await.unwrap();
    assert_eq!(test.rows("SELECT last_value FROM attempts").await, [["2"]]);
}

/// Whether it was committed is not known: the step is not done again, for it
/// would be done twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_whose_commit_got_no_answer_is_unavailable_and_done_once_or_not_at_all() {
    for (way, expected) in [
        (Way::CutBeforeCommit, vec![]),
        (Way::CutAfterCommit, vec!["ada"]),
    ] {
        let Some(behind) = Behind::new().await else {
            return;
        };
        behind.proxy.go(way);
        let refused = behind.register("ada").await;
        assert!(
            matches!(
                refused,
                Err(RegisterError::Storage(StorageError::Unavailable(_)))
            ),
            "{refused:?}"
        );
        behind.proxy.go(Way::Open);
        // What PostgreSQL was given it does, in its own time.
        let mut found = behind.usernames().await;
        for _ in 0..1000 {
            if found == expected {
                break;
            }
            tokio::task::yield_now().await;
            found = behind.usernames().await;
        }
        assert_eq!(found, expected, "{way:?}");
        let audited = behind.test.rows("SELECT id FROM audit_events").await;
        assert_eq!(audited.len(), expected.len());
    }
}

/// Packets get lost: neither end is told, and PostgreSQL's own timeouts reach
/// nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_gets_no_answer_is_given_up_and_undone() {
    const PATIENCE: Duration = Duration::from_mins(1);
    for way in [Way::Silent, Way::SilentFromCommit] {
        let Some(mut behind) = Behind::new().await else {
            return;
        };
        let limits = PostgresLimits {
            acquire_timeout: Duration::from_secs(1),
            statement_timeout: Duration::from_millis(200),
            ..limits()
        };
        let url = behind.proxy.url(&behind.test.name).parse().unwrap();
        let database = Database::open_postgres(&url, limits).await.unwrap();
        behind.users = SqlUserRepo::new(database);
        behind.register("ada").await.unwrap();
        behind.proxy.go(way);
        let registering = tokio::time::timeout(PATIENCE, behind.register("bob"));
        let refused = registering.await.unwrap();
        assert!(
            matches!(
                refused,
                Err(RegisterError::Storage(StorageError::Unavailable(_)))
            ),
            "{way:?}: {refused:?}"
        );
        behind.proxy.go(Way::Open);
        behind.register("carol").await.unwrap();
        assert_eq!(behind.usernames().await, ["ada", "carol"], "{way:?}");
    }
}

/// Later connections are bounded like the first one.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_connection_that_does_not_come_about_waits_no_longer_than_for_one() {
    const PATIENCE: Duration = Duration::from_mins(1);
    let Some(behind) = Behind::new().await else {
        return;
    };
    let limits = PostgresLimits {
        acquire_timeout: Duration::from_millis(200),
        ..limits()
    };
    let url = behind.proxy.url(&behind.test.name).parse().unwrap();
    // The first connection is closed again: the pool opens others when asked.
    let database = Database::open_postgres(&url, limits).await.unwrap();
    behind.proxy.go(Way::Silent);
    let asked = tokio::time::timeout(PATIENCE, database.ping()).await;
    assert!(asked.unwrap().is_err());
    behind.proxy.go(Way::Open);
    database.ping().await.unwrap();
}

#[tokio::test]
async fn a_database_that_is_away_is_unavailable_and_comes_back_by_itself() {
    let Some(behind) = Behind::new().await else {
        return;
    };
    let database = open(&behind.proxy.url(&behind.test.name)).await;
    database.ping().await.unwrap();
    behind.proxy.go(Way::Away);
    assert!(database.ping().await.is_err());
    let refused = behind.register("ada").await;
    assert!(matches!(refused, Err(RegisterError::Storage(_))));
    behind.proxy.go(Way::Open);
    database.ping().await.unwrap();
    behind.register("ada").await.unwrap();
}

#[tokio::test]
async fn nothing_that_is_printed_of_an_open_database_holds_its_password() {
    let Some(behind) = Behind::new().await else {
        return;
    };
    let database = open(&behind.proxy.url(&behind.test.name)).await;
    let printed = format!("{database:?}");
    assert!(!printed.contains("s3cret"), "{printed}");
}

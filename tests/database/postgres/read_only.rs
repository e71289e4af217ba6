//! A server that answers and takes no writes. After a failover a name may lead to
//! one for a while, and what it answers may be old.

use std::time::Duration;

use signet::{
    adapters::database::{Database, PostgresLimits, SqlUserRepo},
    ports::{Storage, UserRepo, in_full},
};

use crate::support::postgres::{PostgresDatabase, limits};

/// How long an attempt at a connection may take that comes to nothing.
const BRIEF: Duration = Duration::from_millis(300);

/// For connections that are opened from now on.
async fn set_read_only(test: &PostgresDatabase, read_only: bool) {
    // From another database: in this one nothing can be changed meanwhile.
    let elsewhere = test.server.connect("postgres").await;
    let name = &test.name;
    let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only = {read_only}");
    sea_orm::ConnectionTrait::execute_unprepared(&elsewhere, &sql)
        .await
        .unwrap();
    elsewhere.close().await.unwrap();
}

fn brief() -> PostgresLimits {
    PostgresLimits {
        acquire_timeout: BRIEF,
        ..limits()
    }
}

#[tokio::test]
async fn what_a_server_answers_that_only_reads_is_not_taken_for_the_truth() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let url = test.url().parse().unwrap();
    let database = Database::open_postgres(&url, brief()).await.unwrap();
    let users = SqlUserRepo::new(database.clone());
    set_read_only(&test, true).await;
    let name = "ada".parse().unwrap();
    for refused in [
        users.find_by_username(&name).await.map(drop),
        database.ping().await,
    ] {
        let error = in_full(&refused.unwrap_err());
        assert!(error.contains("PostgreSQL only reads"), "{error}");
    }
    set_read_only(&test, false).await;
    assert!(users.find_by_username(&name).await.unwrap().is_none());
    database.ping().await.unwrap();
}

#[tokio::test]
async fn a_start_waits_for_a_server_that_writes_as_long_as_for_one_that_answers() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let url = test.url().parse().unwrap();
    set_read_only(&test, true).await;
    let limits = PostgresLimits {
        connect_timeout: BRIEF,
        ..brief()
    };
    let opened = Database::open_postgres(&url, limits).await;
    let error = in_full(&opened.unwrap_err());
    assert!(error.contains("PostgreSQL only reads"), "{error}");
    let read_only = Database::open_postgres_read_only(&url, limits).await;
    let read_only = read_only.unwrap();
    let setting = read_only.server_setting("transaction_read_only").await;
    assert_eq!(setting.unwrap(), "on");
}

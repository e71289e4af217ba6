//! What a running server deletes by itself.

use std::{path::Path, time::Duration};

use signet::{
    adapters::database::{Database, SqlAuthLog, SqlUserRepo},
    domain::{Act, AuthFailure},
    ports::{AuthLog, UserRepo},
};

use super::users::migrated;
use crate::support::{
    database,
    fixtures::{a_time, an_act, an_origin, new_user},
    process::{MASTER_KEY, RunningServer, signet},
};

/// It bounds a hanging test and judges no speed.
const PATIENCE: Duration = Duration::from_mins(1);
const TEN_YEARS: Duration = Duration::from_hours(24 * 3650);

/// An attempt and a registration, each older than either log keeps it.
async fn seed(path: &Path) {
    let database = Database::open_sqlite(path).await.unwrap();
    let old = a_time() - 2 * TEN_YEARS;
    let auth_log = SqlAuthLog::new(database.clone());
    let unknown = AuthFailure::UnknownUser;
    let recorded = auth_log.record_failure(old, &an_origin(), unknown).await;
    recorded.unwrap();
    let act = Act {
        at: old,
        ..an_act()
    };
    let users = SqlUserRepo::new(database.clone());
    let ada = new_user("ada", "ada@example.com");
    users.register(&ada, &act).await.unwrap();
    database.close().await.unwrap();
}

#[tokio::test]
async fn a_server_deletes_what_its_logs_keep_no_longer() {
    let dir = migrated();
    let path = dir.path().join("data/signet.db");
    seed(&path).await;
    for table in ["auth_logs", "audit_events"] {
        let sql = format!("SELECT id FROM {table}");
        assert_eq!(database::rows(&path, &sql).await.len(), 1, "{table}");
    }
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let old = a_time() - TEN_YEARS;
    let gone = async {
        for (table, column) in [("auth_logs", "request_timestamp"), ("audit_events", "at")] {
            let old = old.format("%Y");
            let sql = format!("SELECT id FROM {table} WHERE {column} < '{old}'");
            while !database::rows(&path, &sql).await.is_empty() {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
    server.stop();
}

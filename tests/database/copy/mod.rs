//! Copies of whole databases.

mod filled;
mod kept;
mod meanwhile;
mod refused;
mod round;

use std::{path::Path, time::Duration};

use signet::adapters::database::{
    CopiedTable, CopyError, CopyStep, Database, PostgresLimits, copy,
};

use crate::support::{
    postgres::{PostgresDatabase, limits},
    postgres_proxy::PostgresProxy,
};

/// A copy of which nobody asks how far it is.
async fn copied(source: &Database, target: &Database) -> Result<Vec<CopiedTable>, CopyError> {
    copy(source, target, &mut |_: CopyStep| {}).await
}

/// The file as the source of a copy.
async fn source(path: &Path) -> Database {
    Database::open_sqlite_read_only(path).await.unwrap()
}

/// The database as the source of a copy, by way of what may lose its packets.
async fn source_behind_a_proxy(test: &PostgresDatabase) -> (Database, PostgresProxy) {
    let proxy = PostgresProxy::start(test.server);
    let limits = PostgresLimits {
        connect_timeout: Duration::from_secs(1),
        ..limits()
    };
    let url = proxy.url(&test.name).parse().unwrap();
    let source = Database::open_postgres_read_only(&url, limits).await;
    (source.unwrap(), proxy)
}

/// An empty file, and the folder that it lies in.
async fn empty_file() -> (Database, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("signet.db");
    std::fs::File::create(&path).unwrap();
    (Database::open_sqlite(&path).await.unwrap(), dir)
}

fn names(copied: &[CopiedTable]) -> Vec<&str> {
    copied.iter().map(|table| table.name).collect()
}

//! Copies of whole databases.

mod filled;
mod kept;
mod meanwhile;
mod refused;
mod round;

use std::path::Path;

use signet::adapters::database::{CopiedTable, CopyError, CopyStep, Database, copy};

/// A copy of which nobody asks how far it is.
async fn copied(source: &Database, target: &Database) -> Result<Vec<CopiedTable>, CopyError> {
    copy(source, target, &mut |_: CopyStep| {}).await
}

/// The file as the source of a copy.
async fn source(path: &Path) -> Database {
    Database::open_sqlite_read_only(path).await.unwrap()
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

use sqlx::{Connection, SqliteConnection};

use crate::support::database::TestDatabase;

#[tokio::test]
async fn writing_connections_are_durable_and_strict() {
    let test = TestDatabase::new().await;
    for (pragma, expected) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("busy_timeout", "5000"),
        ("secure_delete", "1"),
        ("query_only", "0"),
        // 64 MiB: the log is copied by a connection of its own before that.
        ("wal_autocheckpoint", "16384"),
        // In memory: what it keeps to undo a part of a group is not written elsewhere.
        ("temp_store", "2"),
        // 1 MiB, in KiB.
        ("cache_size", "-1024"),
    ] {
        let value = test.database.writer_pragma(pragma).await.unwrap();
        assert_eq!(value, expected, "{pragma}");
    }
}

#[tokio::test]
async fn reading_connections_cannot_write() {
    let test = TestDatabase::new().await;
    assert_eq!(
        test.database.reader_pragma("query_only").await.unwrap(),
        "1"
    );
}

/// Without it SQLite parses each statement that ends in `LIMIT ?` again whenever it is used, as
/// it might have planned by the limit: three statements of each login.
#[tokio::test]
async fn plans_do_not_follow_what_is_bound() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let option = sqlx::query_scalar("SELECT sqlite_compileoption_used('ENABLE_QPSG')");
    let used: bool = option.fetch_one(&mut connection).await.unwrap();
    assert!(used);
}

//! Databases that every earlier version left, brought up to date and read.

mod reading;
mod rows;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::Path,
};

use migration::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;
use signet::adapters::database::{Database, check_schema, migrate};

use crate::support::{
    database::{TestDatabase, execute, rows, rows_of},
    postgres::{PostgresDatabase, open},
};

use reading::read;
use rows::WRITTEN;

/// The dumps of an engine, by how many migrations the versions that left them had
/// applied: each holds rows that its version wrote, and those of all before it.
fn dumps(engine: &str) -> BTreeMap<usize, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/database/earlier_schemas")
        .join(engine);
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let dumps: BTreeMap<usize, String> = files
        .map(|file| {
            let migrations = file.file_stem().unwrap().to_str().unwrap().parse();
            (migrations.unwrap(), fs::read_to_string(&file).unwrap())
        })
        .collect();
    let earlier = 1..Migrator::migrations().len();
    assert!(
        earlier
            .clone()
            .all(|migrations| dumps.contains_key(&migrations))
    );
    dumps
}

/// Everything that tables and indexes are made of. PostgreSQL writes an index's
/// condition with other casts once it was dumped.
const IN_SQLITE: &str = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name";
const IN_POSTGRES: &str = "SELECT concat_ws(' ', table_name, column_name, data_type, \
    character_maximum_length, is_nullable, collation_name) FROM information_schema.columns \
    WHERE table_schema = 'public' \
    UNION ALL SELECT regexp_replace(indexdef, '::[a-z ]+|[()]|\\[\\]', '', 'g') FROM pg_indexes WHERE schemaname = 'public' \
    UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) \
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1";

/// Migrates what the version left, and reads it.
async fn assert_read_rightly(migrations: usize, database: &Database) {
    migrate(database).await.unwrap();
    check_schema(database).await.unwrap();
    let written = WRITTEN.iter().filter(|written| written.since <= migrations);
    let mut expected: Vec<_> = written.flat_map(|written| written.read).copied().collect();
    expected.sort_unstable();
    assert_eq!(read(database).await, expected, "of {migrations} migrations");
}

#[tokio::test]
async fn what_every_earlier_version_wrote_to_sqlite_is_read_rightly_after_the_migrations() {
    let today = TestDatabase::new().await.rows(IN_SQLITE).await;
    for (migrations, dump) in dumps("sqlite") {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signet.db");
        File::create(&path).unwrap();
        execute(&path, &dump).await;
        let database = Database::open_sqlite(&path).await.unwrap();
        assert_read_rightly(migrations, &database).await;
        database.close().await.unwrap();
        assert_eq!(
            rows(&path, IN_SQLITE).await,
            today,
            "of {migrations} migrations"
        );
    }
}

#[tokio::test]
async fn what_every_earlier_version_wrote_to_postgresql_is_read_rightly_after_the_migrations() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let today = test.rows(IN_POSTGRES).await;
    for (migrations, dump) in dumps("postgres") {
        let url = PostgresDatabase::empty().await.unwrap();
        let connect = || async { sea_orm::Database::connect(&url).await.unwrap() };
        let connection = connect().await;
        connection.execute_unprepared(&dump).await.unwrap();
        connection.close().await.unwrap();
        let database = open(&url).await;
        assert_read_rightly(migrations, &database).await;
        database.close().await.unwrap();
        let left = rows_of(connect().await, IN_POSTGRES).await;
        assert_eq!(left, today, "of {migrations} migrations");
    }
}

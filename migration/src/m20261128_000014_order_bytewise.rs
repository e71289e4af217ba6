use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The columns that lists are ordered by or that are searched by how they begin.
const COLUMNS: [(&str, &str, &str); 12] = [
    ("users", "id", "varchar(36)"),
    ("users", "username_folded", "varchar(64)"),
    ("users", "email_folded", "text"),
    ("user_roles", "role", "varchar(64)"),
    ("user_roles", "user_id", "varchar(36)"),
    ("sessions", "id", "varchar(36)"),
    ("sessions", "user_id", "varchar(36)"),
    ("clients", "id", "varchar(128)"),
    ("invites", "id", "varchar(36)"),
    ("auth_logs", "user_id", "varchar(36)"),
    ("known_networks", "user_id", "varchar(36)"),
    ("known_networks", "network", "varchar(45)"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    // SQLite compares bytes anyway; PostgreSQL does as its database's language
    // wants, where nothing else is said.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        collate(manager, "\"C\"").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        collate(manager, "\"default\"").await
    }
}

async fn collate(manager: &SchemaManager<'_>, collation: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    for (table, column, kind) in COLUMNS {
        let sql =
            format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} COLLATE {collation}");
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

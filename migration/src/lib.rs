//! The database schema, one step a file. A step that was released is frozen:
//! it names its own tables and imports nothing from the server.

use async_trait::async_trait;
pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::MigrationTrait;

mod m20261123_000001_create_users;
mod m20261123_000002_create_keys;
mod m20261123_000003_create_auth_logs;

#[derive(Debug)]
pub struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_users::Migration),
            Box::new(m20261123_000002_create_keys::Migration),
            Box::new(m20261123_000003_create_auth_logs::Migration),
        ]
    }
}

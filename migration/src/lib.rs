//! The database schema, one step a file. A step that was released is frozen:
//! it names its own tables and imports nothing from the server.

use async_trait::async_trait;
use sea_orm_migration::prelude::MigrationTrait;
pub use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait};

mod m20261123_000001_create_users;
mod m20261123_000002_create_keys;
mod m20261123_000003_create_auth_logs;
mod m20261123_000004_create_refresh_keys;
mod m20261123_000005_create_sessions;
mod m20261123_000006_create_clients;
mod m20261123_000007_extend_auth_logs;
mod m20261124_000008_extend_keys;
mod m20261124_000009_extend_accounts;
mod m20261124_000010_create_invites;
mod m20261124_000011_create_audit_events;
mod m20261124_000012_create_known_networks;
mod m20261124_000013_index_auth_logs;
mod m20261128_000014_order_bytewise;

#[derive(Debug)]
pub struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_users::Migration),
            Box::new(m20261123_000002_create_keys::Migration),
            Box::new(m20261123_000003_create_auth_logs::Migration),
            Box::new(m20261123_000004_create_refresh_keys::Migration),
            Box::new(m20261123_000005_create_sessions::Migration),
            Box::new(m20261123_000006_create_clients::Migration),
            Box::new(m20261123_000007_extend_auth_logs::Migration),
            Box::new(m20261124_000008_extend_keys::Migration),
            Box::new(m20261124_000009_extend_accounts::Migration),
            Box::new(m20261124_000010_create_invites::Migration),
            Box::new(m20261124_000011_create_audit_events::Migration),
            Box::new(m20261124_000012_create_known_networks::Migration),
            Box::new(m20261124_000013_index_auth_logs::Migration),
            Box::new(m20261128_000014_order_bytewise::Migration),
        ]
    }
}

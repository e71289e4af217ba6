//! What the database adapters do beyond the ports' contracts; those on
//! PostgreSQL in a folder of their own.

mod audited_keys;
pub mod auth_log;
mod auth_log_migration;
mod checkpoints;
mod copy;
mod corruption;
mod earlier_schemas;
mod empty_purges;
mod erasure;
mod group_commit;
mod postgres;
mod pragmas;
mod purge_steps;
mod readers;
mod refreshes;
mod schema;
mod slow_commit;

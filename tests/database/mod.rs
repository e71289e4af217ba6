//! What the SQLite adapter does beyond the ports' contracts.

mod audited_keys;
pub mod auth_log;
mod auth_log_migration;
mod corruption;
mod erasure;
mod group_commit;
mod pragmas;
mod purge_steps;
mod refreshes;
mod schema;
mod slow_commit;

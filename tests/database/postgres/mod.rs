//! What the PostgreSQL adapter does beyond the ports' contracts.

mod changed_tables;
mod isolation;
mod lost_connections;
mod migrating;
mod outage;
mod pool;
mod purging;
mod read_only;
mod refreshing;
mod tables_in_use;
mod tls;

//! What the PostgreSQL adapter does beyond the ports' contracts.

mod isolation;
mod lost_connections;
mod migrating;
mod pool;
mod purging;
mod refreshing;
mod tls;

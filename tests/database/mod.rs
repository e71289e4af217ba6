//! What the SQLite adapter does beyond the ports' contracts.

mod audited_keys;
mod corruption;
mod erasure;
mod group_commit;
mod pragmas;
mod schema;
mod slow_commit;

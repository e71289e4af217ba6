//! What only PostgreSQL has: a server somewhere else, and others on it at once.

mod bounds;
mod connection;
mod failure;
mod locks;
mod long_work;
mod migrating;
mod observed;
mod opening;
mod refresh;
mod turns;
mod url;

pub(super) use bounds::{Bounds, within};
pub(super) use connection::Postgres;
pub use connection::PostgresLimits;
pub(super) use failure::{database_error, is_locked, is_lost, is_outdated};
pub(super) use locks::{Lock, take};
pub(super) use long_work::LongWork;
pub(super) use observed::{Observed, Purpose};
pub(super) use refresh::refresh_alone;
pub use url::PostgresUrl;

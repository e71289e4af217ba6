//! What is measured, for Prometheus. Ports are measured by ports around them; what
//! an adapter knows by itself is asked for at every scrape.

mod auth_attempts;
mod certificate;
mod content;
mod database;
mod hashing;
mod issued;
mod limits;
mod process;
mod registry;
mod requests;
mod server;
mod signing_keys;

pub use auth_attempts::{MeteredAuthLog, MeteredSessions};
pub use limits::{MeteredLimiter, MeteredThrottle};
pub use registry::Metrics;
pub use server::MetricsServer;

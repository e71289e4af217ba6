//! The ports in memory: complete adapters for tests and for printing the API
//! description. `serve` cannot be wired to them.

mod account_throttle;
mod audit_log;
mod auth_events;
mod auth_log;
mod client_store;
mod invite_store;
mod key_store;
mod known_networks;
mod log;
mod password_hasher;
mod rate_limiter;
mod session_store;
mod store;
mod user_repo;

pub use account_throttle::MemoryThrottle;
pub use password_hasher::MemoryHasher;
pub use rate_limiter::MemoryLimiter;
pub use store::MemoryStore;

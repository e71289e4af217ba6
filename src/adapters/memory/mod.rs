//! The ports in memory: complete adapters for tests and for printing the API
//! description. `serve` cannot be wired to them.

mod auth_log;
mod client_store;
mod key_store;
mod password_hasher;
mod rate_limiter;
mod session_store;
mod store;
mod user_repo;

pub use auth_log::LoggedEvent;
pub use password_hasher::MemoryHasher;
pub use rate_limiter::MemoryLimiter;
pub use store::MemoryStore;

//! The storage ports in memory: complete adapters for tests and for printing
//! the API description. `serve` cannot be wired to them.

mod auth_log;
mod key_store;
mod store;
mod user_repo;

pub use auth_log::LoggedEvent;
pub use store::MemoryStore;

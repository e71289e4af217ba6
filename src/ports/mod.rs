//! What use cases need from outside, as contracts. Each trait says what every
//! implementation MUST guarantee; `tests/contract` holds them to it.
//!
//! No transaction crosses a port: a method is one atomic step, all of which
//! happens or none. Absence is `Option`, never an error.

mod account_throttle;
mod audit_log;
mod auth_events;
mod auth_log;
mod client_store;
mod clock;
mod entropy;
mod invite_store;
mod key_generator;
mod key_store;
mod known_networks;
mod limits_health;
mod password_hasher;
mod rate_limiter;
mod session_store;
mod storage;
mod strength_meter;
mod user_repo;

pub use account_throttle::{AccountThrottle, Attempt, CountedAt};
pub use audit_log::AuditLog;
pub use auth_events::{AuthEvents, SummarizeEventsError};
pub use auth_log::{AuthLog, LoginRecord};
pub use client_store::{ClientStore, CreateClientError};
pub use clock::Clock;
pub use entropy::Entropy;
pub use invite_store::InviteStore;
pub use key_generator::{KeyGenerationFailed, KeyGenerator};
pub use key_store::{KeyChanged, KeyStore};
pub use known_networks::KnownNetworks;
pub use limits_health::LimitsHealth;
pub use password_hasher::{HashError, PasswordHasher};
pub use rate_limiter::{Admission, RateClient, RateLimiter, RateScope};
pub use session_store::{RefreshAttempt, Refreshed, SessionStore};
pub use storage::{Storage, StorageError, in_full};
pub use strength_meter::{MeterError, StrengthMeter};
pub use user_repo::{
    DeleteUserError, MOST_IMPORTED_AT_ONCE, RegisterError, RegisterInvitedError, SetPasswordError,
    UpdateUserError, UserRepo,
};

//! Sessions after their login.

mod end_sessions;
mod list_sessions;
mod purge_expired;
mod refresh_session;

pub use end_sessions::{EndSessionError, EndSessions};
pub use list_sessions::ListSessions;
pub use purge_expired::{PurgeExpired, Purged};
pub use refresh_session::{RefreshError, RefreshSession};

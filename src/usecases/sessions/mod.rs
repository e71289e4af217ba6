//! Sessions after their login.

mod end_all_sessions;
mod end_session;
mod list_sessions;
mod purge_expired;
mod refresh_session;

pub use end_all_sessions::EndAllSessions;
pub use end_session::{EndSession, EndSessionError};
pub use list_sessions::ListSessions;
pub use purge_expired::{PurgeExpired, Purged};
pub use refresh_session::{RefreshError, RefreshSession};

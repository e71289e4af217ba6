//! Reading the auth log, and forgetting what is old in it.

mod export_auth_events;
mod list_auth_events;
mod purge_auth_events;
mod summarize_auth_events;

pub use export_auth_events::{ExportAuthEvents, ExportError};
pub use list_auth_events::ListAuthEvents;
pub use purge_auth_events::PurgeAuthEvents;
pub use summarize_auth_events::{SummarizeAuthEvents, SummarizeError, SummaryRequest};

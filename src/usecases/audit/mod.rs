//! What people changed.

mod list_audit_events;
mod purge_audit_events;

pub use list_audit_events::ListAuditEvents;
pub use purge_audit_events::PurgeAuditEvents;

//! The use cases that read the auth log, and those that purge the logs.

use super::Ports;
use crate::{
    config::Config,
    usecases::{
        audit::PurgeAuditEvents,
        auth_log::{ExportAuthEvents, ListAuthEvents, PurgeAuthEvents, SummarizeAuthEvents},
    },
};

impl Ports {
    pub fn list_auth_events(&self) -> ListAuthEvents {
        ListAuthEvents {
            auth_events: self.auth_events.clone(),
        }
    }

    pub fn export_auth_events(&self) -> ExportAuthEvents {
        ExportAuthEvents {
            auth_events: self.auth_events.clone(),
            sessions: self.sessions.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn summarize_auth_events(&self) -> SummarizeAuthEvents {
        SummarizeAuthEvents {
            auth_events: self.auth_events.clone(),
            clock: self.clock.clone(),
        }
    }

    /// What a server runs now and then.
    pub fn purge_auth_events(&self, config: &Config) -> PurgeAuthEvents {
        PurgeAuthEvents {
            auth_events: self.auth_events.clone(),
            clock: self.clock.clone(),
            retention: config.auth_log_retention,
        }
    }

    /// The same of the audit log.
    pub fn purge_audit_events(&self, config: &Config) -> PurgeAuditEvents {
        PurgeAuditEvents {
            audit_log: self.audit_log.clone(),
            clock: self.clock.clone(),
            retention: config.audit_log_retention,
        }
    }
}

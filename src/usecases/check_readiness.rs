use std::sync::Arc;

use super::{FieldError, keys::KeyRing};
use crate::ports::{Clock, LimitsHealth, Storage, in_full};

/// Tells whether this server can do its work right now.
#[derive(Clone)]
pub struct CheckReadiness {
    pub storage: Arc<dyn Storage>,
    pub ring: Arc<KeyRing>,
    /// `None` where nothing is shared that could be away.
    pub limits: Option<Arc<dyn LimitsHealth>>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// What is missing; empty when the server is ready.
    pub missing: Vec<FieldError>,
    /// What works now and will not after a restart, or works in another way than
    /// it should.
    pub warnings: Vec<String>,
}

impl CheckReadiness {
    pub async fn run(&self) -> Readiness {
        let mut readiness = Readiness::default();
        if let Err(error) = self.storage.ping().await {
            tracing::warn!(error = in_full(&error), "not ready");
            let missing = FieldError::new(
                "database",
                "does not answer, or takes no writes: the log says why",
            );
            readiness.missing.push(missing);
        }
        let trouble = self.ring.trouble();
        match self.ring.signing(self.clock.monotonic()) {
            Ok(keys) => readiness.warnings.clone_from(&keys.warnings),
            // The warnings are not told of a server that is not ready.
            Err(reason) => {
                let reason = match &trouble {
                    Some(trouble) => format!("{reason}: {trouble}"),
                    None => reason.to_string(),
                };
                let missing = FieldError::new("signing_key", reason);
                readiness.missing.push(missing);
            }
        }
        readiness
            .warnings
            .extend(trouble.map(|trouble| trouble.to_string()));
        if let Some(limits) = &self.limits {
            limits.look().await;
            // No reason to stay away: logins work, and every server may be hit.
            readiness.warnings.extend(limits.trouble());
        }
        readiness
    }
}

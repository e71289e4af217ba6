use std::sync::Arc;

use super::KeyRing;
use crate::ports::Storage;

/// Tells whether this server can do its work right now.
pub struct CheckReadiness {
    pub storage: Arc<dyn Storage>,
    pub ring: Arc<KeyRing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    pub database: bool,
    pub signing_key: bool,
}

impl CheckReadiness {
    pub async fn run(&self) -> Readiness {
        let ping = self.storage.ping().await;
        if let Err(error) = &ping {
            tracing::warn!(error = error as &dyn std::error::Error, "not ready");
        }
        Readiness {
            database: ping.is_ok(),
            signing_key: self.ring.current().is_some(),
        }
    }
}

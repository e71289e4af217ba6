//! What is measured of a server, where that is wanted.

use std::sync::Arc;

use super::Ports;
use crate::{
    adapters::{
        database::Database,
        http::{HttpSettings, UseCases},
        metrics::{MeteredAuthLog, MeteredLimiter, MeteredSessions, MeteredThrottle, Metrics},
    },
    usecases::keys::MaintainKeys,
};

impl Ports {
    /// Has measured what a server that is about to serve does with them: comes
    /// after the limits are shared, and before the use cases are made.
    pub fn measure(&mut self, metrics: &mut Metrics) {
        self.auth_log = Arc::new(MeteredAuthLog::new(self.auth_log.clone(), metrics));
        self.sessions = Arc::new(MeteredSessions::new(self.sessions.clone(), metrics));
        self.limiter = Arc::new(MeteredLimiter::new(self.limiter.clone(), metrics));
        self.throttle = Arc::new(MeteredThrottle::new(self.throttle.clone(), metrics));
        if let Some(argon2) = &self.argon2 {
            metrics.watch_hashing(argon2);
        }
        metrics.watch_limits(self.limits_health.clone());
    }
}

/// Has measured what it answers, and what that stands on.
pub fn measure_answers(
    metrics: &mut Metrics,
    database: &Database,
    maintain_keys: &Arc<MaintainKeys>,
    usecases: &UseCases,
    settings: &mut HttpSettings,
) {
    metrics.watch_database(database);
    metrics.watch_signing_keys(maintain_keys.clone());
    metrics.watch_tokens(usecases.issue_client_token.issuer.clone());
    settings.meter = Some(metrics.requests());
}

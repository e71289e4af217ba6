use std::{sync::Arc, time::Duration};

use thiserror::Error;

use crate::{
    crypto::digest_of_name,
    domain::{
        AttemptResult, AttemptSubject, AuthFailure, KNOWN_NETWORK_FOR, RequestOrigin, UserId,
    },
    ports::{AccountThrottle, Attempt, AuthLog, Clock, CountedAt, KnownNetworks, StorageError},
};

/// Stands before every check of a password, and counts what becomes of it.
pub struct AccountGuard {
    /// `None` where it is switched off.
    pub throttle: Option<Arc<dyn AccountThrottle>>,
    pub known_networks: Arc<dyn KnownNetworks>,
    pub auth_log: Arc<dyn AuthLog>,
    pub clock: Arc<dyn Clock>,
}

/// An attempt that may be made. It is to be ended.
#[must_use]
pub struct GuardedAttempt(Option<(Arc<dyn AccountThrottle>, AttemptSubject, CountedAt)>);

#[derive(Debug, Error)]
pub enum GuardError {
    #[error("too many failures at this name")]
    Throttled { retry_after: Duration },
    #[error("failures cannot be counted")]
    Unavailable { retry_after: Duration },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl AccountGuard {
    /// `name` as it was submitted; `user` is the account that has it, if there
    /// is one: the work and the answers are the same.
    pub async fn begin(
        &self,
        origin: &RequestOrigin,
        name: &str,
        user: Option<UserId>,
    ) -> Result<GuardedAttempt, GuardError> {
        let Some(throttle) = &self.throttle else {
            return Ok(GuardedAttempt(None));
        };
        let network = origin.address.network();
        let since = self.clock.now() - KNOWN_NETWORK_FOR;
        let known = self.known_networks.is_known(user, network, since).await?;
        let subject = AttemptSubject {
            name: digest_of_name(name),
            network: known.then_some(network),
        };
        match throttle.begin(subject).await {
            Attempt::Admitted(counted) => {
                Ok(GuardedAttempt(Some((throttle.clone(), subject, counted))))
            }
            Attempt::Throttled { retry_after } => {
                let failure = AuthFailure::Throttled(user);
                let now = self.clock.now();
                self.auth_log.record_failure(now, origin, failure).await?;
                Err(GuardError::Throttled { retry_after })
            }
            Attempt::Unavailable { retry_after } => Err(GuardError::Unavailable { retry_after }),
        }
    }
}

impl GuardedAttempt {
    pub async fn end(self, result: AttemptResult) {
        if let Some((throttle, subject, counted)) = self.0 {
            throttle.end(subject, counted, result).await;
        }
    }
}

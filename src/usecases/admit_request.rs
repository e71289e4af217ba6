use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use thiserror::Error;

use crate::{
    domain::{RateLimit, UserId},
    ports::{Admission, RateClient, RateLimiter, RateScope},
};

/// The limit of each scope; `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    pub auth: Option<RateLimit>,
    pub register: Option<RateLimit>,
    pub password_strength: Option<RateLimit>,
    pub account: Option<RateLimit>,
    pub token: Option<RateLimit>,
    pub revoke: Option<RateLimit>,
    pub introspect: Option<RateLimit>,
    /// Of the changes that an account's owner makes, of each kind.
    pub account_changes: Option<RateLimit>,
}

/// A judged request and the limit that it was judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted {
    pub limit: RateLimit,
    pub admission: Admission,
}

#[derive(Debug, Error)]
pub enum ChangeRefused {
    #[error("too many changes of this account")]
    TooMany { retry_after: Duration },
    #[error("the limits cannot be counted")]
    Unavailable { retry_after: Duration },
}

/// Judges a request by its client's address before any work is spent on it, or
/// a change by the account that it is to change.
pub struct AdmitRequest {
    limiter: Arc<dyn RateLimiter>,
    limits: RateLimits,
    refused: AtomicU64,
}

impl AdmitRequest {
    pub fn new(limiter: Arc<dyn RateLimiter>, limits: RateLimits) -> Self {
        Self {
            limiter,
            limits,
            refused: AtomicU64::new(0),
        }
    }

    /// `None` where the scope has no limit.
    pub async fn run(&self, scope: RateScope, client: RateClient) -> Option<Admitted> {
        let limit = match scope {
            RateScope::Auth => self.limits.auth,
            RateScope::Register => self.limits.register,
            RateScope::PasswordStrength => self.limits.password_strength,
            RateScope::Account => self.limits.account,
            RateScope::Token => self.limits.token,
            RateScope::Revoke => self.limits.revoke,
            RateScope::Introspect => self.limits.introspect,
            RateScope::AccountUpdate | RateScope::PasswordChange => self.limits.account_changes,
        }?;
        let admission = self.limiter.admit(scope, client, limit).await;
        if matches!(admission, Admission::Refused { .. }) {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        Some(Admitted { limit, admission })
    }

    /// Judges a change that an account's owner makes. Each is an event of the
    /// audit log, which is kept for years: nobody may fill it.
    pub async fn change(&self, scope: RateScope, user: UserId) -> Result<(), ChangeRefused> {
        let admitted = self.run(scope, RateClient::User(user)).await;
        match admitted.map(|admitted| admitted.admission) {
            Some(Admission::Refused { retry_after }) => Err(ChangeRefused::TooMany { retry_after }),
            Some(Admission::Unavailable { retry_after }) => {
                Err(ChangeRefused::Unavailable { retry_after })
            }
            Some(Admission::Admitted { .. }) | None => Ok(()),
        }
    }

    /// How many requests were refused since the start. They are counted and
    /// not stored, so that a flood cannot fill the auth log.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

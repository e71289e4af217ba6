use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{ClientNetwork, RateLimit, UserId};

/// What is limited on its own: requests of one scope do not count in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateScope {
    Auth,
    Register,
    PasswordStrength,
    Account,
    Token,
    Revoke,
    Introspect,
    /// Of an account, not of an address.
    AccountUpdate,
    /// The same.
    PasswordChange,
}

impl RateScope {
    /// The name by which counts are kept and told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Register => "register",
            Self::PasswordStrength => "password-strength",
            Self::Account => "account",
            Self::Token => "token",
            Self::Revoke => "revoke",
            Self::Introspect => "introspect",
            Self::AccountUpdate => "account-update",
            Self::PasswordChange => "password-change",
        }
    }
}

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateClient {
    Network(ClientNetwork),
    User(UserId),
}

/// The limiter's answer to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Admitted {
        /// How many more would be admitted right now.
        remaining: u32,
        /// When the oldest request that counts ceases to.
        reset_after: Duration,
    },
    Refused {
        /// The shortest wait after which a request can be admitted.
        retry_after: Duration,
    },
    /// Nobody could count it, and it is not to go uncounted.
    Unavailable {
        /// When the limiter is likely to count again.
        retry_after: Duration,
    },
}

/// Counts requests per client in exact sliding windows.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Admits the request, and counts it, unless `limit.quota()` requests of
    /// this client in this scope were admitted in the `limit.window()` that
    /// ends now, both ends included.
    ///
    /// A refused request MUST NOT count. Of any number of concurrent requests
    /// at most the quota MUST be admitted. A client whose latest requests are
    /// remembered MUST never be admitted more often; an implementation that
    /// bounds its memory forgets the client that it has not seen for longest.
    ///
    /// Requests of one client may come with different quotas for the same window, as
    /// while servers that count together are given another limit one after the other.
    /// Each MUST be judged by its own and by all that were admitted.
    ///
    /// An implementation that counts elsewhere MUST answer soon, whether or not
    /// that place does; what it does without it, its own docs say. The wait that
    /// it states may be longer than the shortest by its clock's resolution.
    async fn admit(&self, scope: RateScope, client: RateClient, limit: RateLimit) -> Admission;
}

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{AttemptResult, AttemptSubject};

/// The answer to one attempt at a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It may be made, and counts until it is ended.
    Admitted(CountedAt),
    /// It is too early for it.
    Throttled { retry_after: Duration },
    /// Nobody could count it, and it is not to go uncounted.
    Unavailable { retry_after: Duration },
}

/// Where an attempt was counted when it began. Its end belongs to the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedAt {
    /// Where the implementation counts.
    Usual,
    /// By what the implementation does while that place is away.
    Fallback,
}

/// Counts consecutive failures per account name, by
/// [`LoginAttempts`](crate::domain::LoginAttempts).
///
/// Of any number of concurrent attempts no more MUST be admitted than of as many
/// that are made one after the other. An attempt that was refused MUST NOT
/// count. An implementation that bounds its memory MUST forget a subject only for
/// the failure of another, never while an attempt of it is in flight, and first
/// those that failed longest ago: nobody can make it forget a subject without
/// failing once at every other one, each of which costs a hash. An
/// implementation that counts elsewhere MUST answer soon, whether or not that
/// place does; what it does without it, its own docs say, and what that place may
/// forget beyond this: nobody here can keep a server that evicts from it.
#[async_trait]
pub trait AccountThrottle: Send + Sync {
    async fn begin(&self, subject: AttemptSubject) -> Attempt;

    /// Ends an attempt that was admitted, which was counted as `begin` said. What was
    /// counted by the fallback MUST change nothing where it is usually counted; what
    /// was counted there MUST change the fallback only while that place is away.
    async fn end(&self, subject: AttemptSubject, counted: CountedAt, result: AttemptResult);
}

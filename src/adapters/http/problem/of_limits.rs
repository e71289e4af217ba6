//! What is refused because it comes too often, or because nobody can tell.

use std::time::Duration;

use poem::http::StatusCode;

use super::Problem;
use crate::usecases::ChangeRefused;

impl From<ChangeRefused> for Problem {
    fn from(error: ChangeRefused) -> Self {
        match error {
            ChangeRefused::TooMany { retry_after } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited")
                    .detail(error.to_string())
                    .retry_after(retry_after)
            }
            ChangeRefused::Unavailable { retry_after } => Self::uncounted(retry_after),
        }
    }
}

impl Problem {
    pub(super) fn account_throttled(retry_after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "account_throttled")
            .detail("too many failures at this account name")
            .retry_after(retry_after)
    }

    /// 503 and not 429: the client did nothing wrong (RFC 9110 §15.6.4).
    pub(in super::super) fn uncounted(retry_after: Duration) -> Self {
        Self::of_status(StatusCode::SERVICE_UNAVAILABLE)
            .detail("requests cannot be counted at the moment")
            .retry_after(retry_after)
    }
}

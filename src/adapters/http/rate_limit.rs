//! The rate limit on the wire: 429 (RFC 6585 §4), `Retry-After`, and the
//! headers of draft-ietf-httpapi-ratelimit-headers-10.

mod description;

use poem::{
    Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
};

use super::{
    oauth,
    problem::{Problem, whole_seconds},
    request_context::origin,
};
use crate::{
    ports::{Admission, RateClient, RateScope},
    usecases::{AdmitRequest, Admitted},
};

pub(super) use description::Limited;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The limit of a request's operation.
pub(super) struct Limit {
    scope: RateScope,
    name: &'static str,
    client: RateClient,
}

/// A request that was counted.
pub(super) struct Judged {
    name: &'static str,
    admitted: Admitted,
}

impl Limit {
    pub(super) fn of(request: &Request) -> Option<Self> {
        let (scope, name) = scope_of(request.method(), request.uri().path())?;
        let client = RateClient::Network(origin(request).address.network());
        Some(Self {
            scope,
            name,
            client,
        })
    }

    /// `None` where it is off.
    pub(super) async fn judge(self, admit_request: &AdmitRequest) -> Option<Judged> {
        let admitted = admit_request.run(self.scope, self.client).await?;
        Some(Judged {
            name: self.name,
            admitted,
        })
    }
}

impl Judged {
    pub(super) fn refusal(&self) -> Option<Problem> {
        match self.admitted.admission {
            Admission::Admitted { .. } => None,
            Admission::Refused { retry_after } => Some(
                Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited")
                    .detail("too many requests from this client")
                    .retry_after(retry_after),
            ),
            Admission::Unavailable { retry_after } => Some(Problem::uncounted(retry_after)),
        }
    }

    pub(super) fn tell(self, headers: &mut HeaderMap) {
        describe(headers, self.name, self.admitted);
    }
}

/// The limit of an operation, and its name on the wire.
fn scope_of(method: &Method, path: &str) -> Option<(RateScope, &'static str)> {
    match (method, path) {
        (&Method::POST, "/auth") => Some((RateScope::Auth, "auth")),
        (&Method::POST, "/register") => Some((RateScope::Register, "register")),
        (&Method::POST, "/password/strength") => {
            Some((RateScope::PasswordStrength, "password-strength"))
        }
        (&Method::POST, "/me/password") | (&Method::PATCH | &Method::DELETE, "/me") => {
            Some((RateScope::Account, "account"))
        }
        (&Method::POST, oauth::TOKEN) => Some((RateScope::Token, "token")),
        (&Method::POST, oauth::REVOKE) => Some((RateScope::Revoke, "revoke")),
        (&Method::POST, oauth::INTROSPECT) => Some((RateScope::Introspect, "introspect")),
        _ => None,
    }
}

fn describe(headers: &mut HeaderMap, name: &str, admitted: Admitted) {
    let Admitted { limit, admission } = admitted;
    let (remaining, reset) = match admission {
        Admission::Admitted {
            remaining,
            reset_after,
        } => (remaining, reset_after),
        Admission::Refused { retry_after } | Admission::Unavailable { retry_after } => {
            (0, retry_after)
        }
    };
    let quota = limit.quota();
    let window = whole_seconds(limit.window());
    let reset = whole_seconds(reset);
    for (header, value) in [
        (RATE_LIMIT, format!("\"{name}\";r={remaining};t={reset}")),
        (
            RATE_LIMIT_POLICY,
            format!("\"{name}\";q={quota};w={window}"),
        ),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(header, value);
        }
    }
}

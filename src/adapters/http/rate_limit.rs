//! The rate limit on the wire: 429 (RFC 6585 §4), `Retry-After`, and the
//! headers of draft-ietf-httpapi-ratelimit-headers-10.

mod description;

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response, Result,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
};

use super::{
    oauth,
    problem::{Problem, whole_seconds},
    request_context::{origin, render},
};
use crate::{
    ports::{Admission, RateClient, RateScope},
    usecases::{AdmitRequest, Admitted},
};

pub(super) use description::Limited;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Judges requests to limited operations before anything of them is read.
pub(super) async fn admit<E: Endpoint>(
    inner: Arc<E>,
    request: Request,
    admit_request: Arc<AdmitRequest>,
) -> Result<Response> {
    let Some((scope, name)) = scope_of(request.method(), request.uri().path()) else {
        return Ok(inner.get_response(request).await);
    };
    let origin = origin(&request).clone();
    let client = RateClient::Network(origin.address.network());
    let Some(admitted) = admit_request.run(scope, client).await else {
        return Ok(inner.get_response(request).await);
    };
    let mut response = match admitted.admission {
        Admission::Admitted { .. } => inner.get_response(request).await,
        Admission::Refused { retry_after } => {
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited")
                .detail("too many requests from this client")
                .retry_after(retry_after);
            render(&problem, request.uri().path(), &origin.request_id)
        }
        Admission::Unavailable { retry_after } => {
            let problem = Problem::uncounted(retry_after);
            render(&problem, request.uri().path(), &origin.request_id)
        }
    };
    describe(response.headers_mut(), name, admitted);
    Ok(response)
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

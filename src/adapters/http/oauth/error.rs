//! Refusals in the form of RFC 6749 §5.2.

use poem::{
    Body, Response,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    Object,
    types::{Example, ToJSON},
};

use super::super::{
    problem::Problem,
    refusal::{Documented, Refusal, RefusalBody},
};

/// An error of an OAuth endpoint (RFC 6749 §5.2).
#[derive(Object)]
#[oai(example)]
pub(super) struct OAuthError {
    /// `invalid_request`, `invalid_client`, `invalid_grant`, `invalid_scope`,
    /// `unsupported_grant_type`, `temporarily_unavailable` or `server_error`.
    error: String,
    /// Explains this occurrence, for people.
    error_description: String,
}

impl Example for OAuthError {
    fn example() -> Self {
        Self {
            error: "invalid_grant".to_owned(),
            error_description: "the refresh token is not valid any more".to_owned(),
        }
    }
}

impl RefusalBody for OAuthError {
    const CONTENT_TYPE: &'static str = "application/json";

    fn example(status: StatusCode, code: &'static str) -> Self {
        let description = match code {
            "invalid_grant" => return Example::example(),
            "invalid_client" => "the client's id or secret is missing or wrong",
            _ if status == StatusCode::BAD_REQUEST => "token is missing",
            _ => description_of(status),
        };
        Self {
            error: code.to_owned(),
            error_description: description.to_owned(),
        }
    }
}

/// A refusal of an OAuth endpoint, in the type of the operation that lists it.
pub(super) type OAuthRefusal<R> = Refusal<R, OAuthError>;

/// What OAuth endpoints refuse, as the operations list it.
pub(super) const BAD_REQUEST: Documented = (
    400,
    &["invalid_request"],
    "`invalid_request`: the body is no form, lacks a parameter or has one twice",
);
pub(super) const UNKNOWN_CLIENT: Documented = (
    401,
    &["invalid_client"],
    "`invalid_client`: the client's id or secret is missing or wrong",
);
pub(super) const TOO_LATE: Documented = (
    408,
    &["invalid_request"],
    "`invalid_request`: the body did not come in time; the connection is closed",
);
pub(super) const TOO_LARGE: Documented = (
    413,
    &["invalid_request"],
    "`invalid_request`: the body is over 16 KiB",
);
pub(super) const TOO_MANY: Documented = (
    429,
    &["temporarily_unavailable"],
    "`temporarily_unavailable`: too many requests from this client; see `Retry-After`",
);
pub(super) const SERVER_ERROR: Documented =
    (500, &["server_error"], "`server_error`: the logs say more");
pub(super) const UNAVAILABLE: Documented = (
    503,
    &["temporarily_unavailable"],
    "`temporarily_unavailable`: the database does not answer, no signing key may be used, or requests cannot be counted; see `Retry-After`",
);

pub(super) fn invalid_request(description: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_request").detail(description)
}

/// A refusal of RFC 6749 §5.2 with status 400.
pub(super) fn refused(error: &'static str, description: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, error).detail(description)
}

pub(super) fn invalid_client(description: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "invalid_client")
        .detail(description)
        .header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"signet\", charset=\"UTF-8\""),
        )
}

/// Any refusal as an OAuth endpoint answers it.
pub(in super::super) fn render(problem: &Problem) -> Response {
    // RFC 6749 §5.2: 400 unless it says otherwise. It does not say 415.
    let status = match problem.status_code() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => StatusCode::BAD_REQUEST,
        status => status,
    };
    let body = OAuthError {
        error: error_of(problem, status).to_owned(),
        error_description: problem
            .description()
            .unwrap_or_else(|| description_of(status))
            .to_owned(),
    };
    let mut response = Response::builder()
        .status(status)
        .content_type("application/json")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::PRAGMA, "no-cache")
        .body(Body::from_string(body.to_json_string()));
    problem.add_headers(response.headers_mut());
    response
}

/// Of refusals that are not OAuth's alone, and elsewhere explain themselves by
/// their code.
fn description_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => "this endpoint takes POST alone",
        StatusCode::PAYLOAD_TOO_LARGE => "the body is over 16 KiB",
        StatusCode::SERVICE_UNAVAILABLE => "the server cannot do this now",
        status => status
            .canonical_reason()
            .unwrap_or("the request is refused"),
    }
}

fn error_of(problem: &Problem, status: StatusCode) -> &'static str {
    match problem.code() {
        code @ ("invalid_request"
        | "invalid_client"
        | "invalid_grant"
        | "invalid_scope"
        | "unsupported_grant_type") => code,
        _ => match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                "temporarily_unavailable"
            }
            status if status.is_server_error() => "server_error",
            _ => "invalid_request",
        },
    }
}

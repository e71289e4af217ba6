//! Everything that the server refuses, as RFC 9457 problem details.

mod examples;
mod of_limits;
mod of_use_cases;

use std::{error::Error as StdError, time::Duration};

use poem::{
    Body, Error, Response,
    error::{ReadBodyError, ResponseError},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};
use poem_openapi::{Object, error::ParseParamError, types::ToJSON};

use super::{bearer, server::LateBody};
use crate::{domain::RequestId, usecases::FieldError};

pub(super) const CONTENT_TYPE: &str = "application/problem+json";

/// The codes that the description of refusals knows by name.
pub(super) const TOO_EARLY: &str = "too_early";
const NOT_READY: &str = "not_ready";

/// How long clients are asked to wait for a dependency to come back.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(5);

/// A refusal before it knows which request it refuses.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{status}: {code}")]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Option<String>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Problem details (RFC 9457): what every refused request is answered with.
#[derive(Object)]
#[oai(rename = "Problem", example)]
pub(super) struct ProblemBody {
    /// Always `about:blank`: `code` tells the problems apart.
    #[oai(rename = "type")]
    kind: String,
    /// The status code's name.
    title: String,
    /// The HTTP status code.
    status: u16,
    /// Names the problem, for programs. It never changes.
    code: String,
    /// Explains this occurrence, for people.
    #[oai(skip_serializing_if_is_none)]
    detail: Option<String>,
    /// The request's id, as in the `X-Request-Id` header and in the logs.
    request_id: String,
    /// What is wrong with which field.
    #[oai(skip_serializing_if_is_none)]
    errors: Option<Vec<ProblemField>>,
}

/// What is wrong with one field of the request.
#[derive(Object)]
#[oai(example)]
struct ProblemField {
    /// The field's name.
    field: String,
    /// Completes the field's name to a sentence.
    message: String,
}

/// Whether an answer refuses without saying what.
pub(super) fn is_wanting(response: &Response) -> bool {
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    refused && response.content_type() != Some(CONTENT_TYPE)
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            detail: None,
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// A problem that the status alone explains.
    pub(super) fn of_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::BAD_REQUEST => "invalid_request",
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
            StatusCode::REQUEST_TIMEOUT => "request_timeout",
            StatusCode::PAYLOAD_TOO_LARGE => "payload_too_large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
            StatusCode::SERVICE_UNAVAILABLE => "unavailable",
            status if status.is_server_error() => "internal_error",
            _ => "refused",
        };
        Self::new(status, code)
    }

    pub(super) fn invalid_fields(errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Self::of_status(StatusCode::BAD_REQUEST).detail("some fields are not valid")
        }
    }

    pub(super) fn not_ready(missing: Vec<FieldError>) -> Self {
        Self {
            errors: missing,
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, NOT_READY).retry_after(UNAVAILABLE_RETRY)
        }
    }

    pub(super) fn no_signing_key() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "no_signing_key").retry_after(UNAVAILABLE_RETRY)
    }

    /// What this server learns before long.
    pub(super) fn try_again() -> Self {
        Self::of_status(StatusCode::SERVICE_UNAVAILABLE)
            .detail("the key of this token is not known here yet")
            .retry_after(UNAVAILABLE_RETRY)
    }

    /// What comes of the body after this is no new request.
    fn late_body() -> Self {
        Self::of_status(StatusCode::REQUEST_TIMEOUT)
            .detail("the body did not come in time")
            .header(header::CONNECTION, HeaderValue::from_static("close"))
    }

    pub(super) fn not_found(detail: &'static str) -> Self {
        Self::of_status(StatusCode::NOT_FOUND).detail(detail)
    }

    /// What went wrong inside is for the log, never for the client.
    pub(super) fn internal(error: &(dyn StdError + 'static)) -> Self {
        tracing::error!(error, "internal error");
        Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub(super) fn status_code(&self) -> StatusCode {
        self.status
    }

    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    pub(super) fn description(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    pub(super) fn add_headers(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
    }

    #[must_use]
    pub(super) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// In whole seconds, rounded up: waiting less would be in vain.
    #[must_use]
    pub(super) fn retry_after(self, wait: Duration) -> Self {
        self.header(header::RETRY_AFTER, whole_seconds(wait).into())
    }

    /// The answer to the request of this id.
    pub(super) fn render(&self, request_id: &RequestId) -> Response {
        let fields = self.errors.iter().map(|error| ProblemField {
            field: error.field.clone().into_owned(),
            message: error.message.clone(),
        });
        let body = ProblemBody {
            kind: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or("").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.clone(),
            request_id: request_id.to_string(),
            errors: (!self.errors.is_empty()).then(|| fields.collect()),
        };
        let mut response = Response::builder()
            .status(self.status)
            .content_type(CONTENT_TYPE)
            .body(Body::from_string(body.to_json_string()));
        self.add_headers(response.headers_mut());
        response
    }

    /// The problem behind whatever a handler or the framework failed with.
    pub(super) fn from_error(error: &Error) -> Self {
        if let Some(problem) = error.downcast_ref::<Self>() {
            return problem.clone();
        }
        if let Some(ParseParamError { name, reason }) = error.downcast_ref() {
            return Self::invalid_fields(vec![FieldError::new(name, reason)]);
        }
        if let Some(ReadBodyError::Io(error)) = error.downcast_ref()
            && LateBody::is_behind(error)
        {
            return Self::late_body();
        }
        let status = error.status();
        if status == StatusCode::UNAUTHORIZED {
            return bearer::unauthorized();
        }
        let problem = Self::of_status(status);
        if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            problem.detail("the body must be application/json")
        } else {
            problem
        }
    }
}

/// Rounds up to whole seconds, at least one, but for what no network can tell:
/// a limit's window ends a tick of its clock, at most a microsecond, after its
/// last whole second.
pub(super) fn whole_seconds(duration: Duration) -> u64 {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 1_000);
    seconds.max(1)
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.status
    }
}

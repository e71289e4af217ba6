//! Refusals as operations document and return them.

use std::marker::PhantomData;

use poem::Error;
use poem_openapi::{
    ApiResponse,
    registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type,
};

use super::problem::{self, Problem, ProblemBody};

/// What an operation may answer besides success: status and meaning.
pub(super) trait Refusals {
    const LIST: &'static [(u16, &'static str)];
}

/// Every operation with a JSON body may answer these.
pub(super) const BAD_REQUEST: (u16, &str) = (
    400,
    "The body is not JSON of the documented form; `errors` names the fields",
);
/// Every operation with typed parameters may answer this.
pub(super) const BAD_QUERY: (u16, &str) = (
    400,
    "`errors` names the parameters that are not of the documented form",
);
pub(super) const REQUEST_TIMEOUT: (u16, &str) = (
    408,
    "`request_timeout`: the body did not come in time; the connection is closed",
);
pub(super) const PAYLOAD_TOO_LARGE: (u16, &str) = (413, "The body is over 16 KiB");
pub(super) const UNSUPPORTED_MEDIA_TYPE: (u16, &str) = (415, "The body is not `application/json`");
pub(super) const TOO_MANY_REQUESTS: (u16, &str) = (
    429,
    "`rate_limited`: too many requests from this client, or changes of this account; see `Retry-After`",
);
/// Every operation that checks a password may answer this.
pub(super) const ACCOUNT_THROTTLED: (u16, &str) = (
    429,
    "`rate_limited`: too many requests from this client, or changes of this account; `account_throttled`: too many failures at this account name; see `Retry-After`",
);
pub(super) const INTERNAL_ERROR: (u16, &str) = (500, "`internal_error`: the logs say more");

pub(super) const UNAVAILABLE: (u16, &str) = (503, "`unavailable`: the database does not answer");

/// The form of a refusal.
pub(super) trait RefusalBody: Type {
    const CONTENT_TYPE: &'static str;
}

impl RefusalBody for ProblemBody {
    const CONTENT_TYPE: &'static str = problem::CONTENT_TYPE;
}

/// A problem, in the type of the operation that lists its status.
pub(super) struct Refusal<R, B = ProblemBody> {
    problem: Problem,
    operation: PhantomData<fn() -> (R, B)>,
}

impl<R, B, E: Into<Problem>> From<E> for Refusal<R, B> {
    fn from(error: E) -> Self {
        Self {
            problem: error.into(),
            operation: PhantomData,
        }
    }
}

impl<R, B> From<Refusal<R, B>> for Error {
    fn from(refusal: Refusal<R, B>) -> Self {
        refusal.problem.into()
    }
}

impl<R: Refusals, B: RefusalBody> ApiResponse for Refusal<R, B> {
    fn meta() -> MetaResponses {
        let responses = R::LIST
            .iter()
            .map(|&(status, description)| MetaResponse {
                description,
                status: Some(status),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: B::CONTENT_TYPE,
                    schema: B::schema_ref(),
                }],
                headers: headers_of(status, description),
            })
            .collect();
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        B::register(registry);
    }
}

/// What clients act on: the challenge of a 401 (RFC 9110 §11.6.1), and when to
/// ask again (§10.2.3): always, or where the refusal is the one that tells.
fn headers_of(status: u16, refusals: &str) -> Vec<MetaHeader> {
    let (name, description, schema) = match status {
        // Of a 403, where another token would do (RFC 6750 §3.1).
        401 | 403 if status == 401 || refusals.contains("`not_a") => (
            "WWW-Authenticate",
            "How to authenticate, and what was wrong",
            String::schema_ref(),
        ),
        _ if refusals.contains("`Retry-After`") || status == 503 => (
            "Retry-After",
            "In how many seconds to ask again",
            u64::schema_ref(),
        ),
        _ => return vec![],
    };
    vec![MetaHeader {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        required: matches!(status, 401 | 429 | 503),
        deprecated: false,
        schema,
    }]
}

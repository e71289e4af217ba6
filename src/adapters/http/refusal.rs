//! Refusals as operations document and return them.

use std::marker::PhantomData;

use poem::{Error, http::StatusCode};
use poem_openapi::{
    ApiResponse,
    registry::{
        MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
    },
    types::{ToJSON, Type},
};

use super::{
    bearer::{NOT_A_USER, NOT_AN_ADMIN},
    problem::{self, Problem, ProblemBody, TOO_EARLY},
};

/// A refusal as it is documented: its status, the codes that programs tell it by, and what
/// they mean, each as "`code`: meaning". The first code is the one that the example has.
pub(super) type Documented = (u16, &'static [&'static str], &'static str);

/// What an operation may answer besides success.
pub(super) trait Refusals {
    const LIST: &'static [Documented];
}

/// Every operation with a JSON body may answer these.
pub(super) const BAD_REQUEST: Documented = (
    400,
    &["invalid_request"],
    "`invalid_request`: the body is not JSON of the documented form; `errors` names the fields",
);
/// Every operation with typed parameters may answer this.
pub(super) const BAD_QUERY: Documented = (
    400,
    &["invalid_request"],
    "`invalid_request`: `errors` names the parameters that are not of the documented form",
);
pub(super) const REQUEST_TIMEOUT: Documented = (
    408,
    &["request_timeout"],
    "`request_timeout`: the body did not come in time; the connection is closed",
);
/// Every operation may answer this; the description adds it to all.
pub(super) const PAYLOAD_TOO_LARGE: Documented = (
    413,
    &["payload_too_large"],
    "`payload_too_large`: the body is over 16 KiB",
);
/// Every operation that makes an account may answer this.
pub(super) const USER_TAKEN: Documented = (
    409,
    &["username_taken", "email_taken"],
    "`username_taken`: another account has the name; or `email_taken`: another account has the e-mail address",
);
pub(super) const UNSUPPORTED_MEDIA_TYPE: Documented = (
    415,
    &["unsupported_media_type"],
    "`unsupported_media_type`: the body is not `application/json`",
);
pub(super) const TOO_MANY_REQUESTS: Documented = (
    429,
    &["rate_limited"],
    "`rate_limited`: too many requests from this client, or changes of this account; see `Retry-After`",
);
/// Every operation that checks a password may answer this.
pub(super) const ACCOUNT_THROTTLED: Documented = (
    429,
    &["rate_limited", "account_throttled"],
    "`rate_limited`: too many requests from this client, or changes of this account; `account_throttled`: too many failures at this account name; see `Retry-After`",
);
pub(super) const INTERNAL_ERROR: Documented = (
    500,
    &["internal_error"],
    "`internal_error`: the logs say more",
);

pub(super) const UNAVAILABLE: Documented = (
    503,
    &["unavailable"],
    "`unavailable`: the database does not answer",
);

/// The form of a refusal.
pub(super) trait RefusalBody: Type + ToJSON {
    const CONTENT_TYPE: &'static str;

    fn example(status: StatusCode, code: &'static str) -> Self;
}

impl RefusalBody for ProblemBody {
    const CONTENT_TYPE: &'static str = problem::CONTENT_TYPE;

    fn example(status: StatusCode, code: &'static str) -> Self {
        Self::example_of(status, code)
    }
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
        let responses = R::LIST.iter().map(described::<B>).collect();
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        B::register(registry);
    }
}

/// A refusal as the description lists it.
pub(super) fn described<B: RefusalBody>(
    &(status, codes, description): &Documented,
) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType {
            content_type: B::CONTENT_TYPE,
            schema: with_example::<B>(status, codes),
        }],
        headers: headers_of(status, codes),
    }
}

/// The form, with an example of this refusal in place of the form's own one.
fn with_example<B: RefusalBody>(status: u16, codes: &[&'static str]) -> MetaSchemaRef {
    let status = StatusCode::from_u16(status).unwrap_or_default();
    let code = codes.first().copied().unwrap_or_default();
    MetaSchemaRef::Inline(Box::new(MetaSchema {
        all_of: vec![B::schema_ref()],
        example: B::example(status, code).to_json(),
        ..MetaSchema::ANY
    }))
}

/// What clients act on: the challenge of a 401 (RFC 9110 §11.6.1), or of a 403 where
/// another token would do (RFC 6750 §3.1), and when to ask again (RFC 9110 §10.2.3).
fn headers_of(status: u16, codes: &[&str]) -> Vec<MetaHeader> {
    let has = |code| codes.contains(&code);
    let challenge = (
        "WWW-Authenticate",
        "How to authenticate, and what was wrong",
        String::schema_ref(),
    );
    let retry = (
        "Retry-After",
        "In how many seconds to ask again",
        u64::schema_ref(),
    );
    let (name, description, schema) = match status {
        401 => challenge,
        403 if has(NOT_A_USER) || has(NOT_AN_ADMIN) => challenge,
        409 if has(TOO_EARLY) => retry,
        429 | 503 => retry,
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

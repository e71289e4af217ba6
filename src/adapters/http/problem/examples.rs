use poem::http::StatusCode;
use poem_openapi::types::Example;

use super::{super::examples::REQUEST_ID, NOT_READY, ProblemBody, ProblemField};

impl ProblemBody {
    /// Of a refusal that is told by this code.
    pub(in super::super) fn example_of(status: StatusCode, code: &str) -> Self {
        let general = Self::example();
        if status == StatusCode::BAD_REQUEST {
            return general;
        }
        Self {
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: None,
            errors: (code == NOT_READY).then(|| vec![ProblemField::not_ready()]),
            ..general
        }
    }
}

impl Example for ProblemBody {
    fn example() -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: "Bad Request".to_owned(),
            status: 400,
            code: "invalid_request".to_owned(),
            detail: Some("some fields are not valid".to_owned()),
            request_id: REQUEST_ID.to_owned(),
            errors: Some(vec![ProblemField::example()]),
        }
    }
}

impl Example for ProblemField {
    fn example() -> Self {
        Self {
            field: "username".to_owned(),
            message: "must have 3 to 64 characters".to_owned(),
        }
    }
}

impl ProblemField {
    fn not_ready() -> Self {
        Self {
            field: "database".to_owned(),
            message: "does not answer".to_owned(),
        }
    }
}

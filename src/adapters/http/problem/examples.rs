use poem_openapi::types::Example;

use super::{super::examples::REQUEST_ID, ProblemBody, ProblemField};

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
            field: "limit".to_owned(),
            message: "must be 1 to 100".to_owned(),
        }
    }
}

//! The API's description, and whether an answer is what it says.

use std::{collections::BTreeSet, sync::LazyLock};

use poem::http::HeaderMap;
use serde_json::Value;

use super::schema;

/// `openapi/openapi.json`, which another test holds against the server.
pub static DESCRIPTION: LazyLock<Description> = LazyLock::new(|| {
    let file = std::fs::read_to_string("openapi/openapi.json").unwrap();
    Description(serde_json::from_str(&file).unwrap())
});

/// Headers that say what a client is to do next.
const ACTED_ON: [&str; 4] = ["etag", "location", "retry-after", "www-authenticate"];

pub struct Description(pub Value);

/// An answer that is documented, or was given: its operation, its status and, of a
/// refusal, its code.
pub type Given = (String, u16, Option<String>);

/// What a server answered with.
pub struct Answer<'a> {
    pub status: u16,
    pub headers: &'a HeaderMap,
    /// None of one that is not read to its end.
    pub body: Option<&'a [u8]>,
}

impl Description {
    /// The operation that a request asks for, if it is one.
    pub fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let paths = self.0["paths"].as_object()?;
        let fitting = || paths.iter().filter(|(template, _)| fits(template, path));
        let literal = fitting().find(|(template, _)| !template.contains('{'));
        let (_, operations) = literal.or_else(|| fitting().next())?;
        operations.get(method.to_ascii_lowercase())
    }

    pub fn operations(&self) -> impl Iterator<Item = &Value> {
        let paths = self.0["paths"].as_object().unwrap().values();
        paths.flat_map(|operations| operations.as_object().unwrap().values())
    }

    /// Every answer that is documented.
    pub fn answers(&self) -> BTreeSet<Given> {
        let mut all = BTreeSet::new();
        for operation in self.operations() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let (id, status) = (id(operation), status.parse().unwrap());
                if status < 400 {
                    all.insert((id, status, None));
                } else {
                    let codes = codes(response).map(ToOwned::to_owned);
                    all.extend(codes.map(|code| (id.clone(), status, Some(code))));
                }
            }
        }
        all
    }

    /// What of an answer is not as it is documented.
    pub fn faults(&self, operation: &Value, answer: &Answer<'_>) -> Vec<String> {
        let response = &operation["responses"][answer.status.to_string()];
        if response.is_null() {
            return vec!["the status is not documented".to_owned()];
        }
        let mut faults = self.faults_of_body(response, answer);
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            if header["required"] == true && !answer.headers.contains_key(name.as_str()) {
                faults.push(format!("{name} is missing"));
            }
        }
        for name in ACTED_ON {
            let documented = response["headers"].as_object().into_iter().flatten();
            let mut documented = documented.map(|(name, _)| name.to_ascii_lowercase());
            if answer.headers.contains_key(name) && !documented.any(|it| it == name) {
                faults.push(format!("{name} is not documented"));
            }
        }
        faults
    }

    fn faults_of_body(&self, response: &Value, answer: &Answer<'_>) -> Vec<String> {
        let Some(content) = response["content"].as_object() else {
            return match answer.body {
                Some([]) | None => vec![],
                Some(_) => vec!["no body is documented".to_owned()],
            };
        };
        let kind = answer.headers.get("content-type");
        let kind = kind.map_or("", |kind| kind.to_str().unwrap());
        let Some(documented) = content.get(kind) else {
            return vec![format!("the content type {kind:?} is not documented")];
        };
        match answer.body.map(serde_json::from_slice::<Value>) {
            None => vec![],
            Some(Err(error)) => vec![format!("the body is not JSON: {error}")],
            Some(Ok(body)) => {
                let mut faults = schema::faults(&self.0, &documented["schema"], &body);
                if let Some(code) = answer.code()
                    && codes(response).all(|known| known != code)
                {
                    faults.push(format!("the code {code:?} is not documented"));
                }
                faults
            }
        }
    }
}

impl Answer<'_> {
    /// What programs tell a refusal by.
    pub fn code(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(self.body?).ok()?;
        // OAuth's refusals have an `error`.
        let code = body["code"].as_str().or(body["error"].as_str());
        code.filter(|_| self.status >= 400).map(ToOwned::to_owned)
    }
}

/// The codes that a response says that it may have, each followed by what it means.
pub fn codes(response: &Value) -> impl Iterator<Item = &str> {
    let meaning = response["description"].as_str().unwrap();
    let ends = meaning.match_indices("`:").map(|(end, _)| end);
    ends.filter_map(|end| meaning[..end].rsplit('`').next())
}

pub fn id(operation: &Value) -> String {
    operation["operationId"].as_str().unwrap().to_owned()
}

fn fits(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let mut wanted = template.split('/');
    wanted.all(|wanted| {
        segments
            .next()
            .is_some_and(|segment| wanted.starts_with('{') || wanted == segment)
    }) && segments.next().is_none()
}

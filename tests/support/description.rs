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

    /// Every answer that is documented: its operation and its status.
    pub fn answers(&self) -> BTreeSet<(String, u16)> {
        let mut all = BTreeSet::new();
        for operation in self.operations() {
            for status in operation["responses"].as_object().unwrap().keys() {
                all.insert((id(operation), status.parse().unwrap()));
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
                // OAuth's refusals have an `error`.
                let of_refusals = [&body["code"], &body["error"]].into_iter();
                for code in of_refusals.filter(|code| answer.status >= 400 && !code.is_null()) {
                    if !documents(response, code) {
                        faults.push(format!("the code {code} is not documented"));
                    }
                }
                faults
            }
        }
    }
}

/// Whether a response says that it may have this code.
pub fn documents(response: &Value, code: &Value) -> bool {
    let meaning = response["description"].as_str().unwrap();
    let code = code.as_str().unwrap();
    meaning.contains(&format!("`{code}`"))
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

//! The operations as the API's own description tells them, so that none is
//! forgotten.

use reqwest::Method;
use serde_json::Value;

use super::app::TestApp;

pub struct Operation {
    pub method: Method,
    /// Its parameters are ids that nothing has.
    pub path: String,
    pub description: Value,
    /// A body that it takes, if it takes one.
    pub body: Value,
}

impl TestApp {
    /// Those that want an access token.
    pub async fn operations(&self) -> Vec<Operation> {
        let mut all = self.every_operation().await;
        all.retain(Operation::wants_a_token);
        all
    }

    pub async fn every_operation(&self) -> Vec<Operation> {
        let response = self.get("/openapi.json").send().await.unwrap();
        let spec: Value = response.json().await.unwrap();
        let mut all = Vec::new();
        for (path, methods) in spec["paths"].as_object().unwrap() {
            let nothing = "00000000-0000-0000-0000-000000000000";
            let path = path.replace("{id}", nothing).replace("{kid}", nothing);
            assert!(!path.contains('{'), "{path}");
            for (method, description) in methods.as_object().unwrap() {
                all.push(Operation {
                    method: method.to_ascii_uppercase().parse().unwrap(),
                    path: path.clone(),
                    description: description.clone(),
                    body: example(&spec, description),
                });
            }
        }
        all
    }
}

/// The documented example of a body.
fn example(spec: &Value, operation: &Value) -> Value {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    let Some(name) = schema.as_str().and_then(|name| name.rsplit('/').next()) else {
        return Value::Null;
    };
    let example = &spec["components"]["schemas"][name]["example"];
    assert!(!example.is_null(), "{name}");
    example.clone()
}

impl Operation {
    pub fn is_for_admins(&self) -> bool {
        self.path.starts_with("/admin/")
    }

    pub fn wants_a_token(&self) -> bool {
        !self.description["security"][0]["AccessToken"].is_null()
    }

    pub fn takes_a_body(&self) -> bool {
        !self.description["requestBody"].is_null()
    }

    /// The content type of its body; empty if it takes none.
    pub fn kind_of_body(&self) -> &str {
        let content = self.description["requestBody"]["content"].as_object();
        let kind = content.and_then(|content| content.keys().next());
        kind.map_or("", String::as_str)
    }

    pub fn takes(&self, parameter: &str) -> bool {
        self.parameters().any(|(name, _)| name == parameter)
    }

    pub fn takes_queries(&self) -> bool {
        self.parameters().any(|(_, place)| place == "query")
    }

    /// Its path with parameters none of which is of the documented form.
    pub fn path_with_junk(&self) -> String {
        let queries = self.parameters().filter(|(_, place)| *place == "query");
        let junk: Vec<_> = queries.map(|(name, _)| format!("{name}=%00junk")).collect();
        let path = self
            .path
            .replace("00000000-0000-0000-0000-000000000000", "%00junk");
        format!("{path}?{}", junk.join("&"))
    }

    /// Their names and places.
    fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let parameters = self.description["parameters"].as_array();
        let parameters = parameters.into_iter().flatten();
        parameters.map(|one| (one["name"].as_str().unwrap(), one["in"].as_str().unwrap()))
    }
}

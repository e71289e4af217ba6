//! Which methods each path has, for the `Allow` of a 405 (RFC 9110 §15.5.6).

use std::sync::{Arc, LazyLock};

use poem::http::HeaderValue;
use serde_json::Value;

/// A table that is made when it is first asked.
pub(super) type LazyTable = Arc<LazyLock<MethodTable, Box<dyn FnOnce() -> MethodTable + Send>>>;

/// The paths of the API's description and their methods.
pub(super) struct MethodTable(Vec<(String, HeaderValue)>);

impl MethodTable {
    pub(super) fn lazily(make: impl FnOnce() -> Self + Send + 'static) -> LazyTable {
        Arc::new(LazyLock::new(Box::new(make)))
    }

    pub(super) fn from_spec(spec: &str) -> Self {
        let spec: Value = serde_json::from_str(spec).unwrap_or_default();
        let paths = spec["paths"].as_object().into_iter().flatten();
        Self(
            paths
                .filter_map(|(path, operations)| {
                    let methods = operations.as_object()?.keys();
                    Some((path.clone(), allow_value(methods)?))
                })
                .collect(),
        )
    }

    /// Adds a path that is only read and that the description does not list.
    #[must_use]
    pub(super) fn with(mut self, path: &str) -> Self {
        self.0
            .push((path.to_owned(), HeaderValue::from_static("GET, HEAD")));
        self
    }

    /// The templates of all paths.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(template, _)| template.as_str())
    }

    pub(super) fn allow(&self, path: &str) -> Option<HeaderValue> {
        let (_, allow) = self
            .0
            .iter()
            .find(|(template, _)| matches(template, path))?;
        Some(allow.clone())
    }
}

/// GET brings HEAD with it.
fn allow_value<'a>(methods: impl Iterator<Item = &'a String>) -> Option<HeaderValue> {
    let mut allowed: Vec<String> = methods.map(|method| method.to_ascii_uppercase()).collect();
    if allowed.iter().any(|method| method == "GET") {
        allowed.push("HEAD".to_owned());
    }
    allowed.sort();
    HeaderValue::from_str(&allowed.join(", ")).ok()
}

/// Whether `path` is an instance of a template like `/users/{id}`.
pub(super) fn matches(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let fits = template.split('/').all(|wanted| {
        segments
            .next()
            .is_some_and(|segment| wanted.starts_with('{') || wanted == segment)
    });
    fits && segments.all(str::is_empty)
}

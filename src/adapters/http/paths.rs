//! The paths that there are, for what is counted and logged by them, and for the `Allow`
//! of a 405.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
};

use poem::http::{HeaderValue, Method};
use poem_openapi::registry::MetaApi;

use super::router::Endpoints;

/// Stands for every path that the server does not have.
const UNMATCHED: &str = "unmatched";

/// The templates of all paths, like `/users/{id}`, with their methods. There are as many as
/// the API has, whatever is asked for.
pub struct Paths {
    plain: HashMap<Arc<str>, HeaderValue>,
    with_parameters: LazyLock<Vec<Template>, Box<dyn FnOnce() -> Vec<Template> + Send>>,
    unmatched: Arc<str>,
}

type Template = (Arc<str>, HeaderValue);

impl Paths {
    /// The endpoints do not know how parameters are called: `describe` tells, once a path
    /// that has some is asked for.
    pub(super) fn of(endpoints: &Endpoints, describe: fn() -> Vec<MetaApi>) -> Self {
        let plain = endpoints.iter().filter(|(path, _)| !path.contains(':'));
        let plain = plain.filter_map(|(path, methods)| template(path, methods.keys()));
        Self {
            plain: plain.collect(),
            with_parameters: LazyLock::new(Box::new(move || {
                let mut methods = BTreeMap::<_, Vec<_>>::new();
                for path in describe().into_iter().flat_map(|api| api.paths) {
                    let operations = path.operations.into_iter().map(|it| it.method);
                    methods.entry(path.path).or_default().extend(operations);
                }
                let named = methods.iter().filter(|(path, _)| path.contains('{'));
                named
                    .filter_map(|(path, methods)| template(path, methods.iter()))
                    .collect()
            })),
            unmatched: UNMATCHED.into(),
        }
    }

    /// The template of a path.
    pub(super) fn template(&self, path: &str) -> Arc<str> {
        let template = self.find(path).map(|(template, _)| template);
        template.unwrap_or(&self.unmatched).clone()
    }

    /// The methods of a path (RFC 9110 §15.5.6).
    pub(super) fn allow(&self, path: &str) -> Option<HeaderValue> {
        self.find(path).map(|(_, allow)| allow.clone())
    }

    fn find(&self, path: &str) -> Option<(&Arc<str>, &HeaderValue)> {
        self.plain.get_key_value(path).or_else(|| {
            let mut templates = self.with_parameters.iter();
            let found = templates.find(|(template, _)| matches(template, path));
            found.map(|(template, allow)| (template, allow))
        })
    }
}

/// Without paths: whatever is asked for is unmatched.
impl Default for Paths {
    fn default() -> Self {
        Self::of(&Endpoints::new(), Vec::new)
    }
}

fn template<'a>(path: &str, methods: impl Iterator<Item = &'a Method>) -> Option<Template> {
    Some((path.into(), allow_value(methods)?))
}

/// GET brings HEAD with it.
fn allow_value<'a>(methods: impl Iterator<Item = &'a Method>) -> Option<HeaderValue> {
    let mut allowed: Vec<_> = methods.map(Method::as_str).collect();
    if allowed.contains(&"GET") {
        allowed.push("HEAD");
    }
    allowed.sort_unstable();
    HeaderValue::from_str(&allowed.join(", ")).ok()
}

/// Whether `path` is an instance of a template like `/users/{id}`.
fn matches(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let fits = template.split('/').all(|wanted| {
        segments
            .next()
            .is_some_and(|segment| wanted.starts_with('{') || wanted == segment)
    });
    fits && segments.next().is_none()
}

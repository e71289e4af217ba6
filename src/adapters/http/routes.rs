//! The route of a path, for what is counted and logged by it: there are as many
//! as the API has, whatever is asked for.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use poem::http::Method;

use super::methods::{LazyTable, matches};

/// A table that is made when it is first asked.
pub(super) type LazyRoutes = LazyLock<RouteTable, Box<dyn FnOnce() -> RouteTable + Send>>;

/// Stands for every path that the server does not have.
const UNMATCHED: &str = "unmatched";

/// The templates of all paths, like `/users/{id}`.
pub(super) struct RouteTable {
    plain: HashMap<Arc<str>, Arc<str>>,
    with_parameters: Vec<Arc<str>>,
    unmatched: Arc<str>,
}

impl RouteTable {
    pub(super) fn lazily(methods: LazyTable) -> LazyRoutes {
        LazyLock::new(Box::new(move || Self::new(methods.paths())))
    }

    fn new<'a>(templates: impl Iterator<Item = &'a str>) -> Self {
        let templates = templates.map(Arc::from);
        let (with_parameters, plain): (Vec<Arc<str>>, Vec<_>) =
            templates.partition(|template: &Arc<str>| template.contains('{'));
        Self {
            plain: plain.into_iter().map(|path| (path.clone(), path)).collect(),
            with_parameters,
            unmatched: UNMATCHED.into(),
        }
    }

    pub(super) fn of(&self, path: &str) -> Arc<str> {
        let route = self.plain.get(path).or_else(|| {
            let mut templates = self.with_parameters.iter();
            templates.find(|template| matches(template, path))
        });
        route.unwrap_or(&self.unmatched).clone()
    }
}

/// The method's name; one name for all that HTTP itself does not have.
pub(super) fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

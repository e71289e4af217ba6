//! Which endpoint answers a request.

use std::{collections::HashMap, sync::LazyLock};

use poem::{
    Endpoint, Request, Response, Result, Route, RouteMethod, endpoint::BoxEndpoint, http::Method,
};
// What the code that poem-openapi writes into each operation takes its query from.
use poem_openapi::__private::UrlQuery;

/// By path, like `/users/:id`, and method.
pub(super) type Endpoints = HashMap<String, HashMap<Method, BoxEndpoint<'static>>>;

/// Poem's own router compiles a regular expression for each path that it is given, which
/// is a good part of a start's time and memory. So it has the paths with parameters alone,
/// and has them when the first such request comes.
pub(super) struct Router {
    plain: HashMap<String, RouteMethod>,
    with_parameters: LazyLock<Route, Box<dyn FnOnce() -> Route + Send>>,
}

impl Router {
    pub(super) fn new(endpoints: Endpoints) -> Self {
        let (with_parameters, plain): (Vec<_>, Vec<_>) = endpoints
            .into_iter()
            .map(|(path, methods)| (path, by_method(methods)))
            .partition(|(path, _)| path.contains(':'));
        Self {
            plain: plain.into_iter().collect(),
            with_parameters: LazyLock::new(Box::new(|| {
                let paths = with_parameters.into_iter();
                paths.fold(Route::new(), |route, (path, methods)| {
                    route.at(path, methods)
                })
            })),
        }
    }
}

impl Endpoint for Router {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let query = request.params().unwrap_or_default();
        request.extensions_mut().insert(UrlQuery(query));
        match self.plain.get(request.uri().path()) {
            Some(methods) => methods.call(request).await,
            None => self.with_parameters.call(request).await,
        }
    }
}

fn by_method(endpoints: HashMap<Method, BoxEndpoint<'static>>) -> RouteMethod {
    let endpoints = endpoints.into_iter();
    endpoints.fold(RouteMethod::new(), |methods, (method, endpoint)| {
        methods.method(method, endpoint)
    })
}

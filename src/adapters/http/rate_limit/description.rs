use std::collections::HashMap;

use poem::{endpoint::BoxEndpoint, http::Method};
use poem_openapi::{
    OpenApi,
    registry::{MetaApi, MetaHeader, MetaOperation, Registry},
    types::Type,
};

use super::scope_of;

/// An API whose limited operations are described with the headers that tell
/// their limits: every answer of theirs has them, refusals included, unless the limit is
/// off.
pub(in super::super) struct Limited<A>(pub(in super::super) A);

impl<A: OpenApi> OpenApi for Limited<A> {
    fn meta() -> Vec<MetaApi> {
        let mut apis = A::meta();
        for path in apis.iter_mut().flat_map(|api| &mut api.paths) {
            for operation in &mut path.operations {
                if let Some((_, name)) = scope_of(&operation.method, &path.path) {
                    describe(operation, name);
                }
            }
        }
        apis
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
    }

    fn add_routes(self, routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {
        self.0.add_routes(routes);
    }
}

fn describe(operation: &mut MetaOperation, name: &str) {
    let headers = [
        (
            "RateLimit",
            format!(
                "`\"{name}\";r=R;t=T`: R more requests are admitted now; one more in T seconds \
                 at the latest"
            ),
        ),
        (
            "RateLimit-Policy",
            format!("`\"{name}\";q=Q;w=W`: at most Q requests in any W seconds"),
        ),
    ];
    for response in &mut operation.responses.responses {
        for (header, description) in &headers {
            response.headers.push(MetaHeader {
                name: (*header).to_owned(),
                description: Some(description.clone()),
                // A limit that is off tells nothing.
                required: false,
                deprecated: false,
                schema: String::schema_ref(),
            });
        }
    }
}

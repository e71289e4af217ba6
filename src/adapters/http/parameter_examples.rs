//! Examples of parameters.

use std::collections::HashMap;

use poem::{endpoint::BoxEndpoint, http::Method};
use poem_openapi::{
    OpenApi,
    registry::{MetaApi, MetaSchema, MetaSchemaRef, Registry},
};
use serde_json::Value;

use super::examples::{ADDRESS, CURSOR, KID, SESSION, USER};

/// An API whose parameters are described with examples. Swagger UI fills its forms with them,
/// and lists would be asked for one user on one day: its page is made without.
pub(super) struct Exemplified<A>(pub(super) A);

impl<A: OpenApi> OpenApi for Exemplified<A> {
    fn meta() -> Vec<MetaApi> {
        let mut apis = A::meta();
        let paths = apis.iter_mut().flat_map(|api| &mut api.paths);
        let operations = paths.flat_map(|path| &mut path.operations);
        for parameter in operations.flat_map(|operation| &mut operation.params) {
            let example = example(&parameter.name);
            add(&mut parameter.schema, example);
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

/// None of a parameter whose meaning is not known here.
fn example(parameter: &str) -> Option<Value> {
    let text = match parameter {
        "limit" => return Some(50.into()),
        "cursor" => CURSOR,
        "kid" => KID,
        "id" => return Some(SESSION.to_string().into()),
        "user" | "actor" | "target" => return Some(USER.to_string().into()),
        "address" => ADDRESS,
        "from" => "2026-11-02T00:00:00Z",
        "to" => "2026-11-09T00:00:00Z",
        "search" => "ada",
        "role" => "admin",
        "status" | "state" => "active",
        "action" => "user.update",
        "outcome" => "wrong_password",
        "bucket" => "day",
        _ => return None,
    };
    Some(text.into())
}

/// What stands beside a reference counts for nothing (OpenAPI 3.0.0), so that one is put into
/// `allOf`.
fn add(schema: &mut MetaSchemaRef, example: Option<Value>) {
    match schema {
        MetaSchemaRef::Inline(schema) => schema.example = example,
        MetaSchemaRef::Reference(_) => {
            *schema = MetaSchemaRef::Inline(Box::new(MetaSchema {
                all_of: vec![schema.clone()],
                example,
                ..MetaSchema::ANY
            }));
        }
    }
}

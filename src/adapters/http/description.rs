use std::collections::HashMap;

use poem::{endpoint::BoxEndpoint, http::Method};
use poem_openapi::{
    OpenApi,
    registry::{MetaApi, MetaResponse, MetaSchemaRef, Registry},
};

use super::{
    field_examples::name_own_field,
    problem::ProblemBody,
    refusal::{PAYLOAD_TOO_LARGE, described},
};

/// An API whose description is rid of what generated clients stumble over, spells headers
/// as their RFCs do, names in an example of a refusal what the operation has, and lists
/// what is refused whatever the operation.
pub(super) struct Described<A>(pub(super) A);

impl<A: OpenApi> OpenApi for Described<A> {
    fn meta() -> Vec<MetaApi> {
        let mut apis = A::meta();
        let mut registry = Registry::new();
        A::register(&mut registry);
        let paths = apis.iter_mut().flat_map(|api| &mut api.paths);
        for operation in paths.flat_map(|path| &mut path.operations) {
            name_own_field(operation, &registry);
            bound_body(&mut operation.responses.responses);
            for response in &mut operation.responses.responses {
                for header in &mut response.headers {
                    header.name = spelled(&header.name);
                }
            }
        }
        apis
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
        for schema in registry.schemas.values_mut() {
            for (_, property) in &mut schema.properties {
                unmix(property);
            }
        }
    }

    fn add_routes(self, routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {
        self.0.add_routes(routes);
    }
}

/// A body that says it is too large is refused of operations that take none, too. Those
/// of OAuth list it themselves, in their form.
fn bound_body(responses: &mut Vec<MetaResponse>) {
    let too_large = described::<ProblemBody>(&PAYLOAD_TOO_LARGE);
    if responses.iter().all(|it| it.status != too_large.status) {
        let place = responses.iter().position(|it| it.status > too_large.status);
        responses.insert(place.unwrap_or(responses.len()), too_large);
    }
}

/// A described field of an enumeration is rendered as `allOf` of the enumeration
/// and of a schema with the field's description, which stands beside `allOf` as
/// well. Generators take the mixture for a type of its own, or fail.
fn unmix(property: &mut MetaSchemaRef) {
    if let MetaSchemaRef::Inline(schema) = property
        && let [MetaSchemaRef::Reference(_), MetaSchemaRef::Inline(_)] = &schema.all_of[..]
    {
        schema.all_of.truncate(1);
    }
}

/// poem-openapi writes the names of headers in capitals.
fn spelled(name: &str) -> String {
    if name == "ETAG" {
        return "ETag".to_owned();
    }
    if name.contains(|letter: char| letter.is_ascii_lowercase()) {
        return name.to_owned();
    }
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{first}{}", rest.to_ascii_lowercase())
    });
    words.collect::<Vec<_>>().join("-")
}

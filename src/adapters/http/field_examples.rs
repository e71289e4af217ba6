//! Examples of what is wrong with a field of a request.

use poem_openapi::registry::{MetaMediaType, MetaOperation, MetaSchemaRef, Registry};
use serde_json::{Value, json};

use super::problem;

/// What the operations that have such a field say of it. The first one that an operation has
/// is the one that its example names.
const WRONG: [(&str, &str); 11] = [
    ("cursor", "is not a `next_cursor`"),
    ("address", "is neither an address nor a CIDR"),
    ("from", "must be before `to`"),
    (
        "state",
        "failed to parse \"KeyState\": Expect a valid enumeration value.",
    ),
    ("username", "is required"),
    ("password", "is required"),
    ("current_password", "is required"),
    ("name", "is required"),
    ("email", "is not an e-mail address"),
    ("algorithm", "must be `RS256`, `PS256`, `ES256` or `EdDSA`"),
    ("expires_in", "must be a whole number, 1 to 7776000"),
];

/// Lets the example of an operation's 400 name a field that the operation has; what is
/// shown of no operation in particular would send people looking for one that it has not.
pub(super) fn name_own_field(operation: &mut MetaOperation, registry: &Registry) {
    let parameters = operation.params.iter().map(|param| param.name.as_str());
    let bodies = operation.request.iter().flat_map(|body| &body.content);
    let fields: Vec<_> = parameters
        .chain(bodies.flat_map(|body| properties(body, registry)))
        .collect();
    let errors: Vec<_> = WRONG
        .iter()
        .filter(|(field, _)| fields.contains(field))
        .map(|(field, message)| json!({ "field": field, "message": message }))
        .take(1)
        .collect();
    let refusals = operation.responses.responses.iter_mut();
    let bad = refusals.filter(|response| response.status == Some(400));
    for content in bad.flat_map(|response| &mut response.content) {
        if content.content_type == problem::CONTENT_TYPE
            && let MetaSchemaRef::Inline(schema) = &mut content.schema
            && let Some(Value::Object(example)) = &mut schema.example
        {
            example.insert("errors".to_owned(), errors.clone().into());
        }
    }
}

fn properties<'a>(
    body: &MetaMediaType,
    registry: &'a Registry,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let schema = match &body.schema {
        MetaSchemaRef::Reference(name) => registry.schemas.get(name),
        MetaSchemaRef::Inline(_) => None,
    };
    let properties = schema.into_iter().flat_map(|schema| &schema.properties);
    properties.map(|(name, _)| *name)
}

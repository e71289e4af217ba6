//! The examples in the API's description.

use std::collections::BTreeSet;

use poem::http::StatusCode;
use serde_json::Value;

use crate::support::{
    description::{DESCRIPTION, codes, id},
    schema,
};

/// What is wrong with the example that is shown of a schema: the one beside the reference to
/// it, or else its own.
fn faults(schema: &Value) -> Vec<String> {
    let reference = schema["$ref"].as_str();
    let own = reference.and_then(|it| DESCRIPTION.0.pointer(it.trim_start_matches('#')));
    match &own.unwrap_or(schema)["example"] {
        Value::Null => vec!["there is no example".to_owned()],
        example => schema::faults(&DESCRIPTION.0, schema, example),
    }
}

/// The responses of an operation: status, response.
fn responses(operation: &Value) -> impl Iterator<Item = (&String, &Value)> {
    operation["responses"].as_object().unwrap().iter()
}

fn contents(body: &Value) -> impl Iterator<Item = (&String, &Value)> {
    body["content"].as_object().into_iter().flatten()
}

#[test]
fn every_body_that_is_sent_or_answered_has_an_example_of_its_schema() {
    for operation in DESCRIPTION.operations() {
        let answered = responses(operation).map(|(_, response)| response);
        for body in answered.chain([&operation["requestBody"]]) {
            for (kind, content) in contents(body) {
                let faults = faults(&content["schema"]);
                assert!(faults.is_empty(), "{} {kind}: {faults:?}", id(operation));
            }
        }
    }
}

#[test]
fn every_parameter_has_an_example_of_its_schema() {
    let mut seen = 0;
    for operation in DESCRIPTION.operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let faults = faults(&parameter["schema"]);
            let name = &parameter["name"];
            assert!(faults.is_empty(), "{} {name}: {faults:?}", id(operation));
            seen += 1;
        }
    }
    assert!(seen >= 50, "{seen}");
}

#[test]
fn every_example_of_a_schema_is_of_it() {
    for (name, schema) in DESCRIPTION.0["components"]["schemas"].as_object().unwrap() {
        if !schema["example"].is_null() {
            let faults = schema::faults(&DESCRIPTION.0, schema, &schema["example"]);
            assert!(faults.is_empty(), "{name}: {faults:?}");
        }
    }
}

#[test]
fn the_example_of_a_refusal_has_its_status_and_a_code_that_it_documents() {
    let mut seen = 0;
    for operation in DESCRIPTION.operations() {
        for (status, response) in responses(operation) {
            for (kind, content) in contents(response) {
                let example = &content["schema"]["example"];
                let of = format!("{} {status}: {example}", id(operation));
                let code = if kind == "application/problem+json" {
                    let status: StatusCode = status.parse().unwrap();
                    assert_eq!(example["status"], status.as_u16(), "{of}");
                    assert_eq!(example["title"], status.canonical_reason().unwrap(), "{of}");
                    &example["code"]
                } else if !status.starts_with('2') {
                    &example["error"]
                } else {
                    continue;
                };
                assert!(codes(response).any(|known| code == known), "{of}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 200, "{seen}");
}

/// The names of an operation's parameters and of the fields of its bodies.
fn fields(operation: &Value) -> BTreeSet<&str> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let mut fields: BTreeSet<_> = parameters.filter_map(|it| it["name"].as_str()).collect();
    for (_, content) in contents(&operation["requestBody"]) {
        let reference = content["schema"]["$ref"].as_str().unwrap();
        let body = DESCRIPTION.0.pointer(reference.trim_start_matches('#'));
        let properties = body.unwrap()["properties"].as_object().unwrap();
        fields.extend(properties.keys().map(String::as_str));
    }
    fields
}

#[test]
fn the_example_of_a_refused_field_names_one_that_the_operation_has() {
    let mut seen = 0;
    for operation in DESCRIPTION.operations() {
        let content = &operation["responses"]["400"]["content"]["application/problem+json"];
        if content.is_null() {
            continue;
        }
        let errors = content["schema"]["example"]["errors"].as_array();
        let [error] = &errors.unwrap()[..] else {
            panic!("{}: {errors:?}", id(operation));
        };
        let field = error["field"].as_str().unwrap();
        let fields = fields(operation);
        assert!(fields.contains(field), "{}: {field}", id(operation));
        seen += 1;
    }
    assert!(seen >= 20, "{seen}");
}

#[test]
fn a_line_of_the_export_is_an_event() {
    let export = &DESCRIPTION.0["paths"]["/admin/auth-events/export"]["get"];
    let content = &export["responses"]["200"]["content"]["application/x-ndjson"];
    let line = content["schema"]["example"].as_str().unwrap();
    let event: Value = serde_json::from_str(line).unwrap();
    let schema = &DESCRIPTION.0["components"]["schemas"]["AuthEvent"];
    let faults = schema::faults(&DESCRIPTION.0, schema, &event);
    assert!(faults.is_empty() && line.ends_with('\n'), "{faults:?}");
}

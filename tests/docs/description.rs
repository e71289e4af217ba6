//! What the API's description tells of every operation, schema and field.

use serde_json::Value;

use crate::support::description::{DESCRIPTION, codes, id};

fn says_something(text: &Value) -> bool {
    text.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn schemas() -> impl Iterator<Item = (&'static String, &'static Value)> {
    let schemas = DESCRIPTION.0["components"]["schemas"].as_object();
    schemas.unwrap().iter()
}

#[test]
fn every_operation_has_a_summary_a_description_and_a_tag() {
    for operation in DESCRIPTION.operations() {
        let id = id(operation);
        assert!(says_something(&operation["summary"]), "{id}");
        assert!(says_something(&operation["description"]), "{id}");
        assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{id}");
    }
}

#[test]
fn every_schema_and_every_field_is_described() {
    for (name, schema) in schemas() {
        assert!(says_something(&schema["description"]), "{name}");
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            assert!(says_something(&property["description"]), "{name}.{field}");
        }
    }
}

/// Generators take `allOf` of several parts for a type of its own.
#[test]
fn a_field_of_an_enumeration_refers_to_it_alone() {
    for (name, schema) in schemas() {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let parts = property["allOf"].as_array().map_or(1, Vec::len);
            assert_eq!(parts, 1, "{name}.{field}");
        }
    }
}

#[test]
fn a_list_says_that_its_cursor_is_always_there_and_may_be_null() {
    let pages: Vec<_> = schemas()
        .filter(|(name, _)| name.starts_with("PageOf_"))
        .collect();
    assert!(pages.len() >= 7, "{}", pages.len());
    for (name, page) in pages {
        let required = page["required"].as_array().unwrap();
        assert!(required.contains(&"next_cursor".into()), "{name}");
        assert_eq!(
            page["properties"]["next_cursor"]["nullable"], true,
            "{name}"
        );
    }
}

#[test]
fn every_refusal_tells_its_codes_and_what_they_mean() {
    for operation in DESCRIPTION.operations() {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let told = status.as_str() < "400" || codes(response).count() > 0;
            assert!(told, "{} {status}", id(operation));
        }
    }
}

/// The refusals that an operation's form alone lets one expect.
#[test]
fn every_operation_lists_its_refusals() {
    for operation in DESCRIPTION.operations() {
        let id = id(operation);
        // A body is refused of those that take none, too.
        let mut expected = vec!["413"];
        let content = operation["requestBody"]["content"].as_object();
        let parameters = operation["parameters"].as_array();
        let mut parameters = parameters.into_iter().flatten();
        if content.is_some() {
            expected.extend(["400", "408"]);
        }
        if content.is_some_and(|content| content.contains_key("application/json")) {
            expected.push("415");
        }
        if parameters.any(|parameter| parameter["in"] == "query") {
            expected.push("400");
        }
        if !operation["security"].is_null() {
            expected.extend(["401", "403", "500", "503"]);
        }
        let responses = operation["responses"].as_object().unwrap();
        // What is limited says so in its headers.
        if responses
            .values()
            .any(|answer| !answer["headers"]["RateLimit"].is_null())
        {
            expected.push("429");
        }
        for status in expected {
            assert!(responses.contains_key(status), "{id} {status}");
        }
        for (status, header) in [
            ("401", "WWW-Authenticate"),
            ("429", "Retry-After"),
            ("503", "Retry-After"),
        ] {
            let response = &operation["responses"][status];
            let told = response.is_null() || !response["headers"][header].is_null();
            assert!(told, "{id} {status} {header}");
        }
    }
}

//! Whether a value is what a schema of OpenAPI 3.0 says, in the part of the
//! language that Signet's description uses. It is stricter than the language: a
//! field that the schema does not name is a fault, and so is a keyword that is
//! not known here.

use chrono::DateTime;
use serde_json::Value;
use uuid::Uuid;

/// What is wrong with the value, and where.
pub fn faults(spec: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut check = Check {
        spec,
        faults: Vec::new(),
    };
    check.value(schema, value, "the body");
    check.faults
}

struct Check<'a> {
    spec: &'a Value,
    faults: Vec<String>,
}

const KNOWN: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "description",
    "enum",
    "example",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "nullable",
    "oneOf",
    "properties",
    "required",
    "title",
    "type",
];

impl Check<'_> {
    fn value(&mut self, schema: &Value, value: &Value, at: &str) {
        let Some(schema) = schema.as_object() else {
            return self.fault(at, "has no schema");
        };
        for keyword in schema.keys() {
            assert!(KNOWN.contains(&keyword.as_str()), "{at}: {keyword}");
        }
        if let Some(reference) = schema.get("$ref") {
            let pointer = reference.as_str().unwrap().trim_start_matches('#');
            let target = self.spec.pointer(pointer).cloned().unwrap_or_default();
            return self.value(&target, value, at);
        }
        if value.is_null() && schema.get("type").is_some() {
            if schema.get("nullable") != Some(&Value::Bool(true)) {
                self.fault(at, "is null");
            }
            return;
        }
        for part in schema
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            self.value(part, value, at);
        }
        if let Some(parts) = schema.get("oneOf").and_then(Value::as_array) {
            let fits = |part: &&Value| faults(self.spec, part, value).is_empty();
            if parts.iter().filter(fits).count() != 1 {
                self.fault(at, "is not of exactly one of the documented forms");
            }
        }
        let values = schema.get("enum").and_then(Value::as_array);
        if values.is_some_and(|values| !values.contains(value)) {
            self.fault(at, "is none of the documented values");
        }
        let Some(kind) = schema.get("type").and_then(Value::as_str) else {
            return;
        };
        let right = match kind {
            "string" => value
                .as_str()
                .is_some_and(|text| has_format(text, schema.get("format"))),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{at}: {other}"),
        };
        if !right {
            return self.fault(at, &format!("is no {kind} of the documented form"));
        }
        self.bounds(schema, value, at);
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.value(&schema["items"], item, &format!("{at}[{index}]"));
        }
        if value.is_object() {
            self.fields(schema, value, at);
        }
    }

    fn fields(&mut self, schema: &serde_json::Map<String, Value>, value: &Value, at: &str) {
        let fields = value.as_object().unwrap();
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten() {
            if !fields.contains_key(name.as_str().unwrap()) {
                self.fault(at, &format!("lacks {name}"));
            }
        }
        let others = schema.get("additionalProperties");
        for (name, field) in fields {
            let documented = schema.get("properties").and_then(|all| all.get(name));
            match documented.or(others) {
                Some(schema) => self.value(schema, field, &format!("{at}.{name}")),
                None => self.fault(
                    at,
                    &format!("has the field {name}, which is not documented"),
                ),
            }
        }
    }

    fn bounds(&mut self, schema: &serde_json::Map<String, Value>, value: &Value, at: &str) {
        let bound = |keyword| schema.get(keyword).and_then(Value::as_f64);
        if let Some(number) = value.as_f64() {
            let below = bound("minimum").is_some_and(|least| number < least);
            if below || bound("maximum").is_some_and(|most| number > most) {
                self.fault(at, "is out of the documented range");
            }
        }
        let (least, most, count) = match value {
            Value::String(text) => ("minLength", "maxLength", text.chars().count()),
            Value::Array(items) => ("minItems", "maxItems", items.len()),
            _ => return,
        };
        let limit = |keyword| {
            let limit = schema.get(keyword).and_then(Value::as_u64);
            limit.map(|limit| usize::try_from(limit).unwrap())
        };
        let below = limit(least).is_some_and(|least| count < least);
        if below || limit(most).is_some_and(|most| count > most) {
            self.fault(at, "is shorter or longer than documented");
        }
    }

    fn fault(&mut self, at: &str, what: &str) {
        self.faults.push(format!("{at} {what}"));
    }
}

fn has_format(text: &str, format: Option<&Value>) -> bool {
    match format.and_then(Value::as_str) {
        Some("uuid") => text.parse::<Uuid>().is_ok(),
        Some("date-time") => DateTime::parse_from_rfc3339(text).is_ok(),
        _ => true,
    }
}

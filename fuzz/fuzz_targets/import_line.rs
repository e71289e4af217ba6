//! A line is taken or refused with a reason, and a refusal shows no hash.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use signet::usecases::accounts::UserRecord;

fuzz_target!(|line: &[u8]| {
    let Err(refused) = UserRecord::parse(line) else {
        return;
    };
    assert!(!refused.reason.is_empty());
    let fields: Value = serde_json::from_slice(line).unwrap_or_default();
    let Some(hash) = fields["password_hash"].as_str() else {
        return;
    };
    // A shorter one may be a part of any message, and what is also elsewhere in the
    // line, as a field's name perhaps, may be shown for that.
    if hash.len() > 32 && !stands_elsewhere(hash, &fields) {
        assert!(!refused.reason.contains(hash), "{}", refused.reason);
    }
});

fn stands_elsewhere(hash: &str, fields: &Value) -> bool {
    fields.as_object().is_some_and(|fields| {
        fields.iter().any(|(name, value)| {
            name.contains(hash) || name != "password_hash" && holds(value, hash)
        })
    })
}

fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(value) => value.contains(text),
        Value::Array(items) => items.iter().any(|item| holds(item, text)),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| name.contains(text) || holds(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

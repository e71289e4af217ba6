use std::{borrow::Cow, fmt};

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde_json::Value;
use zeroize::Zeroizing;

use super::own_type::is_its_own_raw_value;

/// A field of a request that holds a password, a token or a client's secret. It
/// is never printed and its memory is wiped when it is dropped; the buffers of
/// the connection that it was read from are not.
pub(super) struct SecretText(Zeroizing<String>);

impl SecretText {
    pub(super) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// The text, for a type that wipes it in turn.
    pub(super) fn into_inner(mut self) -> String {
        std::mem::take(&mut *self.0)
    }

    /// The same, wiped by whoever drops it.
    pub(super) fn into_zeroizing(self) -> Zeroizing<String> {
        self.0
    }
}

/// For validators.
impl AsRef<str> for SecretText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText([redacted])")
    }
}

impl Type for SecretText {
    is_its_own_raw_value!();

    fn name() -> Cow<'static, str> {
        "string_password".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "password")))
    }
}

impl ParseFromJSON for SecretText {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        String::parse_from_json(value)
            .map(Self::new)
            .map_err(poem_openapi::types::ParseError::propagate)
    }
}

/// For the examples in the API's description: no answer holds one.
impl ToJSON for SecretText {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.0.to_string()))
    }
}

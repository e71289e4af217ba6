use std::borrow::Cow;

use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef},
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};
use serde_json::Value;

use crate::{adapters::http::own_type::is_its_own_raw_value, domain::Audience};

/// The `aud` of a token: one text, or an array of several (RFC 7662 §2.2). A union of
/// poem-openapi would be described as an object, which neither of them is.
pub(super) struct AudienceClaim(pub(super) Audience);

impl Type for AudienceClaim {
    is_its_own_raw_value!();

    fn name() -> Cow<'static, str> {
        "Audience".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            one_of: vec![String::schema_ref(), Vec::<String>::schema_ref()],
            ..MetaSchema::ANY
        }))
    }
}

impl ToJSON for AudienceClaim {
    fn to_json(&self) -> Option<Value> {
        serde_json::to_value(&self.0).ok()
    }
}

/// Of answers nothing is read; `Object` wants it all the same.
impl ParseFromJSON for AudienceClaim {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let audience = serde_json::from_value(value.unwrap_or_default());
        audience.map(Self).map_err(ParseError::custom)
    }
}

use std::borrow::Cow;

use poem::http::HeaderValue;
use poem_openapi::{
    registry::MetaSchemaRef,
    types::{ToHeader, Type},
};

use super::own_type::is_its_own_raw_value;

/// The value of an answer's header, checked once and shared by many answers;
/// documented as a string.
#[derive(Clone)]
pub(super) struct ReadyHeader(HeaderValue);

impl ReadyHeader {
    pub(super) fn is(&self, value: &HeaderValue) -> bool {
        self.0 == value
    }
}

impl From<HeaderValue> for ReadyHeader {
    fn from(value: HeaderValue) -> Self {
        Self(value)
    }
}

impl Type for ReadyHeader {
    is_its_own_raw_value!();

    fn name() -> Cow<'static, str> {
        String::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        String::schema_ref()
    }
}

impl ToHeader for ReadyHeader {
    fn to_header(&self) -> Option<HeaderValue> {
        Some(self.0.clone())
    }
}

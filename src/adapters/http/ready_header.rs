use std::borrow::Cow;

use poem::http::HeaderValue;
use poem_openapi::{
    registry::MetaSchemaRef,
    types::{ToHeader, Type},
};

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
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        String::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        String::schema_ref()
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        Some(self)
    }

    fn raw_element_iter<'a>(
        &'a self,
    ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl ToHeader for ReadyHeader {
    fn to_header(&self) -> Option<HeaderValue> {
        Some(self.0.clone())
    }
}

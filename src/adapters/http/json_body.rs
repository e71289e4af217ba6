//! Request bodies in JSON, read without coercion: a number is no string, an
//! unknown or repeated field is an error, and all errors are told at once.

use std::{borrow::Cow, fmt, ops::RangeInclusive};

use poem::{Request, RequestBody, Result, http::StatusCode};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    error::ContentTypeError,
    payload::{Json, Payload},
    registry::{MetaMediaType, MetaRequest, Registry},
    types::{MaybeUndefined, Type},
};
use serde_json::{Map, Value};

use super::{problem::Problem, secret_text::SecretText};
use crate::usecases::{FieldError, UniqueFields};

/// The largest body that any operation reads, in bytes.
pub(super) const MAX_BODY_BYTES: usize = 16 * 1024;

/// A type that is read from the fields of a JSON object.
pub(super) trait FromFields: Type + Sized {
    /// `None` only when a field's error was noted.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// A JSON object's fields, and what was found wrong with them.
pub(super) struct Fields {
    values: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Takes a text out; notes an error when it is absent or of another type.
    /// What was sent is not repeated: it may be a password.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        let message = match self.values.remove(name) {
            Some(Value::String(text)) => return Some(text),
            Some(_) => "must be a string",
            None => "is required",
        };
        self.errors.push(FieldError::new(name, message));
        None
    }

    /// The same of a secret, which is wiped even when another field is wrong.
    pub(super) fn secret(&mut self, name: &'static str) -> Option<SecretText> {
        self.text(name).map(SecretText::new)
    }

    /// A secret that may be absent or null.
    pub(super) fn optional_secret(&mut self, name: &'static str) -> Option<SecretText> {
        match self.values.get(name) {
            None => None,
            Some(Value::Null) => {
                self.values.remove(name);
                None
            }
            Some(_) => self.secret(name),
        }
    }
}

impl Fields {
    /// The same of a field that may be absent or null.
    pub(super) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        let value = self.present(name)?;
        self.noted(name, "must be a string", value.as_str().map(str::to_owned))
    }

    /// One of some names, or absent. Null is none of them.
    pub(super) fn optional_name<T>(
        &mut self,
        name: &'static str,
        message: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.values.remove(name)?;
        let parsed = value.as_str().and_then(parse);
        self.noted(name, message, parsed)
    }

    /// A text that null takes away.
    pub(super) fn nullable_text(&mut self, name: &'static str) -> MaybeUndefined<String> {
        match self.values.get(name) {
            None => MaybeUndefined::Undefined,
            Some(Value::Null) => {
                self.values.remove(name);
                MaybeUndefined::Null
            }
            Some(_) => match self.text(name) {
                Some(text) => MaybeUndefined::Value(text),
                None => MaybeUndefined::Undefined,
            },
        }
    }

    /// An array of texts that may be absent or null.
    pub(super) fn optional_texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let value = self.present(name)?;
        let text = |item: &Value| item.as_str().map(str::to_owned);
        let texts = value.as_array().map(|items| items.iter().map(text));
        let texts = texts.and_then(Iterator::collect);
        self.noted(name, "must be an array of strings", texts)
    }

    /// A whole number in a range that may be absent or null.
    pub(super) fn optional_number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u64>,
    ) -> Option<u64> {
        let value = self.present(name)?;
        let number = value.as_u64().filter(|number| range.contains(number));
        let (least, most) = range.into_inner();
        self.noted(
            name,
            format!("must be a whole number, {least} to {most}"),
            number,
        )
    }

    fn present(&mut self, name: &'static str) -> Option<Value> {
        self.values.remove(name).filter(|value| !value.is_null())
    }

    fn noted<T>(
        &mut self,
        name: &'static str,
        message: impl fmt::Display,
        value: Option<T>,
    ) -> Option<T> {
        if value.is_none() {
            self.errors.push(FieldError::new(name, message));
        }
        value
    }
}

/// The extractor of a JSON body.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: FromFields> JsonBody<T> {
    pub(super) fn parse(bytes: &[u8]) -> Result<T, Problem> {
        let UniqueFields(values) = serde_json::from_slice(bytes).map_err(|error| {
            Problem::of_status(StatusCode::BAD_REQUEST)
                .detail(format!("the body is not a JSON object: {error}"))
        })?;
        let mut fields = Fields {
            values,
            errors: Vec::new(),
        };
        let parsed = T::from_fields(&mut fields);
        for (name, _) in fields.values {
            fields.errors.push(FieldError {
                field: Cow::Owned(name),
                message: "is not a field of this request".to_owned(),
            });
        }
        match parsed {
            Some(value) if fields.errors.is_empty() => Ok(value),
            _ => Err(Problem::invalid_fields(fields.errors)),
        }
    }
}

impl<'a, T: FromFields> ApiExtractor<'a> for JsonBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: T::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        check_content_type::<T>(request)?;
        let bytes = body.take()?.into_bytes_limit(MAX_BODY_BYTES).await?;
        Ok(Self(Self::parse(&bytes)?))
    }
}

pub(super) fn check_content_type<T: FromFields>(request: &Request) -> Result<(), ContentTypeError> {
    let content_type = request
        .content_type()
        .ok_or(ContentTypeError::ExpectContentType)?;
    if Json::<T>::check_content_type(content_type) {
        return Ok(());
    }
    Err(ContentTypeError::NotSupported {
        content_type: content_type.to_owned(),
    })
}

//! Request bodies of `application/x-www-form-urlencoded`, read strictly: a
//! parameter that stands twice, or that is not UTF-8, is refused.

use std::{borrow::Cow, collections::HashMap};

use percent_encoding::percent_decode_str;
use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaMediaType, MetaRequest, Registry},
    types::Type,
};

use zeroize::Zeroizing;

use super::{
    super::{json_body::MAX_BODY_BYTES, problem::Problem, secret_text::SecretText},
    error::invalid_request,
};

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// A type that is read from a form's parameters.
pub(super) trait FromForm: Type + Sized {
    fn from_form(form: &mut Form) -> Result<Self, Problem>;
}

/// A form's parameters. Those without a value count as absent, and those that
/// nobody asks for are ignored (RFC 6749 §3.2). Any of them may be a secret.
pub(super) struct Form(HashMap<String, SecretText>);

impl Form {
    pub(super) fn optional(&mut self, name: &str) -> Option<String> {
        self.secret(name).map(SecretText::into_inner)
    }

    pub(super) fn secret(&mut self, name: &str) -> Option<SecretText> {
        self.0.remove(name)
    }

    fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let malformed = || invalid_request("the body is not a form in UTF-8");
        let text = std::str::from_utf8(bytes).map_err(|_| malformed())?;
        let mut parameters = HashMap::new();
        // `pair.is_empty()` would be the method of `Type`, which is never true.
        for pair in text.split('&').filter(|pair| !str::is_empty(pair)) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).ok_or_else(malformed)?;
            let value = SecretText::new(decode(value).ok_or_else(malformed)?.into_owned());
            if parameters.insert(name.into_owned(), value).is_some() {
                return Err(invalid_request("a parameter stands twice"));
            }
        }
        parameters.retain(|_, value| !value.expose().is_empty());
        Ok(Self(parameters))
    }
}

/// Decodes one name or value; `None` when it is malformed.
pub(super) fn decode(text: &str) -> Option<Cow<'_, str>> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        let digits = after.get(..2)?;
        digits
            .bytes()
            .all(|b| b.is_ascii_hexdigit())
            .then_some(())?;
        rest = &after[2..];
    }
    if text.contains('+') {
        let spaced = Zeroizing::new(text.replace('+', " "));
        let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
        return Some(Cow::Owned(decoded.into_owned()));
    }
    percent_decode_str(text).decode_utf8().ok()
}

/// The extractor of a form body.
pub(super) struct FormBody<T>(pub(super) T);

impl<'a, T: FromForm> ApiExtractor<'a> for FormBody<T> {
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
                content_type: CONTENT_TYPE,
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
        let essence = request
            .content_type()
            .and_then(|text| text.split(';').next())
            .map(str::trim);
        if !essence.is_some_and(|essence| essence.eq_ignore_ascii_case(CONTENT_TYPE)) {
            let wanted = "the body must be application/x-www-form-urlencoded";
            return Err(invalid_request(wanted).into());
        }
        let bytes = body.take()?.into_bytes_limit(MAX_BODY_BYTES).await?;
        let mut form = Form::parse(&bytes)?;
        Ok(Self(T::from_form(&mut form)?))
    }
}

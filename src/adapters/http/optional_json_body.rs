use poem::{Request, RequestBody, Result};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaRequest, Registry},
};

use super::json_body::{FromFields, JsonBody, MAX_BODY_BYTES, check_content_type};

/// The extractor of a JSON body that may be absent: what stands in it is
/// optional too.
pub(super) struct OptionalJsonBody<T>(pub(super) T);

impl<'a, T: FromFields + Default> ApiExtractor<'a> for OptionalJsonBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let body = JsonBody::<T>::request_meta()?;
        Some(MetaRequest {
            required: false,
            ..body
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        let bytes = body.take()?.into_bytes_limit(MAX_BODY_BYTES).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        check_content_type::<T>(request)?;
        Ok(Self(JsonBody::parse(&bytes)?))
    }
}

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use poem::{
    http::{
        HeaderMap, HeaderValue,
        header::{IF_NONE_MATCH, InvalidHeaderValue},
    },
    web::headers::{ETag, HeaderMapExt, IfNoneMatch},
};

use super::ready_header::ReadyHeader;
use crate::usecases::keys::PublishedKeys;

/// A key set as answers carry it.
pub(super) struct ReadyKeySet {
    of: PublishedKeys,
    pub(super) json: Bytes,
    pub(super) cache_control: ReadyHeader,
    pub(super) etag: ReadyHeader,
    /// `etag`, to compare with.
    tag: Option<ETag>,
}

impl ReadyKeySet {
    fn prepare(of: PublishedKeys) -> Result<Self, InvalidHeaderValue> {
        let jwks = &of.jwks;
        let cache_control = format!("public, max-age={}", of.max_age.as_secs());
        Ok(Self {
            json: Bytes::copy_from_slice(jwks.json().as_bytes()),
            cache_control: HeaderValue::try_from(cache_control)?.into(),
            etag: HeaderValue::from_str(jwks.etag())?.into(),
            tag: jwks.etag().parse().ok(),
            of,
        })
    }

    fn is_of(&self, published: &PublishedKeys) -> bool {
        Arc::ptr_eq(&self.of.jwks, &published.jwks) && self.of.max_age == published.max_age
    }

    /// Whether whoever asks with these headers has it already (RFC 9110 §13.1.2).
    pub(super) fn is_known(&self, headers: &HeaderMap) -> bool {
        let Some(condition) = headers.get(IF_NONE_MATCH) else {
            return false;
        };
        // Most have just this one: it need not be parsed to be compared.
        self.etag.is(condition) || self.passes_none(headers.typed_get())
    }

    fn passes_none(&self, condition: Option<IfNoneMatch>) -> bool {
        condition
            .zip(self.tag.as_ref())
            .is_some_and(|(condition, tag)| !condition.precondition_passes(tag))
    }
}

/// The key set that is published, prepared once for all answers until it, or
/// how long it may be used, is another.
#[derive(Default)]
pub(super) struct Prepared(ArcSwapOption<ReadyKeySet>);

impl Prepared {
    pub(super) fn of(
        &self,
        published: PublishedKeys,
    ) -> Result<Arc<ReadyKeySet>, InvalidHeaderValue> {
        if let Some(ready) = self.0.load_full().filter(|ready| ready.is_of(&published)) {
            return Ok(ready);
        }
        let ready = Arc::new(ReadyKeySet::prepare(published)?);
        self.0.store(Some(ready.clone()));
        Ok(ready)
    }
}

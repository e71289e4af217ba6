use std::marker::PhantomData;

use bytes::Bytes;
use poem::{Body, IntoResponse, Response};
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    payload::Payload,
    registry::{MetaSchemaRef, Registry},
    types::{Example, Type},
};

use super::{
    Tag,
    examples::KID,
    problem::Problem,
    ready_header::ReadyHeader,
    ready_key_set::Prepared,
    refusal::{Documented, Refusal, Refusals},
    signing_algorithm::AlgorithmName,
};
use crate::usecases::keys::PublishKeys;

pub(super) struct KeySetApi {
    pub(super) publish_keys: PublishKeys,
    pub(super) prepared: Prepared,
}

/// A JSON Web Key Set (RFC 7517 §5) of public keys.
#[derive(Object)]
#[oai(example)]
struct JsonWebKeySet {
    /// The keys that access tokens can be signed with.
    keys: Vec<JsonWebKey>,
}

/// A public key (RFC 7517 §4): RSA with `n` and `e` (RFC 7518 §6.3.1), EC with `crv`, `x` and `y`
/// (RFC 7518 §6.2.1), or OKP with `crv` and `x` (RFC 8037 §2).
#[derive(Object)]
#[oai(example, skip_serializing_if_is_none)]
struct JsonWebKey {
    /// The key type.
    kty: KeyType,
    /// What the key is for.
    #[oai(rename = "use")]
    key_use: KeyUse,
    /// The one algorithm that the key is used with.
    alg: AlgorithmName,
    /// The key id, as in the header of the tokens: the RFC 7638 SHA-256 thumbprint.
    kid: String,
    /// The modulus of an RSA key, in base64url.
    n: Option<String>,
    /// The exponent of an RSA key, in base64url.
    e: Option<String>,
    /// The curve.
    crv: Option<Curve>,
    /// The x coordinate of an EC key, or the public key of an OKP one, in base64url.
    x: Option<String>,
    /// The y coordinate of an EC key, in base64url.
    y: Option<String>,
}

/// A family of keys (RFC 7518 §6.1, RFC 8037 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "UPPERCASE")]
enum KeyType {
    Rsa,
    Ec,
    Okp,
}

/// What a key is for (RFC 7517 §4.2): `sig`, it verifies signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
enum KeyUse {
    Sig,
}

/// An elliptic curve: `P-256` of an EC key, `Ed25519` of an OKP one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum Curve {
    #[oai(rename = "P-256")]
    P256,
    Ed25519,
}

/// JSON that is sent as it was rendered, documented as a `T`.
struct Rendered<T> {
    json: Bytes,
    schema: PhantomData<fn() -> T>,
}

#[derive(ApiResponse)]
enum KeySetResponse {
    /// The key set
    #[oai(status = 200)]
    Ok(
        Rendered<JsonWebKeySet>,
        /// How long the answer may be used without asking again
        #[oai(header = "Cache-Control")]
        ReadyHeader,
        /// Names this state of the key set
        #[oai(header = "ETag")]
        ReadyHeader,
    ),
    /// The key set is still the one that `If-None-Match` names
    #[oai(status = 304)]
    NotModified(
        /// How long the answer may be used without asking again
        #[oai(header = "Cache-Control")]
        ReadyHeader,
        /// Names this state of the key set
        #[oai(header = "ETag")]
        ReadyHeader,
    ),
}

struct KeySetRefusals;

impl Refusals for KeySetRefusals {
    const LIST: &'static [Documented] = &[(
        503,
        &["no_signing_key"],
        "`no_signing_key`: no key is loaded",
    )];
}

#[OpenApi(tag = "Tag::Keys")]
impl KeySetApi {
    /// Read the public keys
    ///
    /// The keys that verify access tokens. The answer may be cached as its headers say.
    #[oai(
        path = "/.well-known/jwks.json",
        method = "get",
        operation_id = "getKeySet"
    )]
    async fn key_set(
        &self,
        request: &poem::Request,
    ) -> Result<KeySetResponse, Refusal<KeySetRefusals>> {
        let published = self.publish_keys.run();
        let published = published.ok_or_else(Problem::no_signing_key)?;
        let ready = (self.prepared.of(published)).map_err(|error| Problem::internal(&error))?;
        let (cache_control, etag) = (ready.cache_control.clone(), ready.etag.clone());
        Ok(if ready.is_known(request.headers()) {
            KeySetResponse::NotModified(cache_control, etag)
        } else {
            let body = Rendered {
                json: ready.json.clone(),
                schema: PhantomData,
            };
            KeySetResponse::Ok(body, cache_control, etag)
        })
    }
}

impl<T: Type> Payload for Rendered<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Send> IntoResponse for Rendered<T> {
    fn into_response(self) -> Response {
        Response::builder()
            .content_type("application/json")
            .body(Body::from_bytes(self.json))
    }
}

impl Example for JsonWebKeySet {
    fn example() -> Self {
        Self {
            keys: vec![JsonWebKey::example()],
        }
    }
}

/// The key of RFC 7515, appendix A.3.
impl Example for JsonWebKey {
    fn example() -> Self {
        Self {
            kty: KeyType::Ec,
            key_use: KeyUse::Sig,
            alg: AlgorithmName::Es256,
            kid: KID.to_owned(),
            n: None,
            e: None,
            crv: Some(Curve::P256),
            x: Some("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU".to_owned()),
            y: Some("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0".to_owned()),
        }
    }
}

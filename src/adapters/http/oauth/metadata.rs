use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json, types::Example};

use super::{super::Tag, INTROSPECT, REVOKE, TOKEN};

pub(in super::super) struct MetadataApi {
    pub(in super::super) issuer: String,
}

/// What this authorization server offers (RFC 8414 §2).
#[derive(Object)]
#[oai(example)]
struct Metadata {
    /// The issuer, the `iss` of the tokens.
    issuer: String,
    /// Where refresh tokens and client credentials are exchanged.
    token_endpoint: String,
    /// How clients authenticate there; `none` is for the first-party client.
    token_endpoint_auth_methods_supported: Vec<String>,
    /// What can be exchanged there.
    grant_types_supported: Vec<String>,
    /// Empty: there is no authorization endpoint.
    response_types_supported: Vec<String>,
    /// The public keys.
    jwks_uri: String,
    /// Where tokens are revoked.
    revocation_endpoint: String,
    /// How clients authenticate there; `none` is for holders of users' tokens.
    revocation_endpoint_auth_methods_supported: Vec<String>,
    /// Where service clients ask about tokens.
    introspection_endpoint: String,
    /// How they authenticate there.
    introspection_endpoint_auth_methods_supported: Vec<String>,
    /// The API for people.
    service_documentation: String,
}

#[derive(ApiResponse)]
enum MetadataAnswer {
    /// The metadata
    #[oai(status = 200)]
    Ok(
        Json<Metadata>,
        /// How long the answer may be used without asking again
        #[oai(header = "Cache-Control")]
        String,
    ),
}

#[OpenApi(tag = "Tag::Authentication")]
impl MetadataApi {
    /// Read the server's metadata
    ///
    /// For OAuth libraries, which configure themselves by it (RFC 8414).
    #[oai(
        path = "/.well-known/oauth-authorization-server",
        method = "get",
        operation_id = "getMetadata"
    )]
    async fn metadata(&self) -> MetadataAnswer {
        let metadata = Metadata::of(&self.issuer);
        MetadataAnswer::Ok(Json(metadata), "public, max-age=300".to_owned())
    }
}

impl Metadata {
    fn of(issuer: &str) -> Self {
        let base = issuer.trim_end_matches('/');
        let url = |path: &str| format!("{base}{path}");
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let secret = ["client_secret_basic", "client_secret_post"];
        let secret_or_none = ["client_secret_basic", "client_secret_post", "none"];
        Self {
            issuer: issuer.to_owned(),
            token_endpoint: url(TOKEN),
            token_endpoint_auth_methods_supported: texts(&secret_or_none),
            grant_types_supported: texts(&["refresh_token", "client_credentials"]),
            response_types_supported: Vec::new(),
            jwks_uri: url("/.well-known/jwks.json"),
            revocation_endpoint: url(REVOKE),
            revocation_endpoint_auth_methods_supported: texts(&secret_or_none),
            introspection_endpoint: url(INTROSPECT),
            introspection_endpoint_auth_methods_supported: texts(&secret),
            service_documentation: url("/docs"),
        }
    }
}

impl Example for Metadata {
    fn example() -> Self {
        Self::of("https://auth.example")
    }
}

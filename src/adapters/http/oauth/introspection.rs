use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json, types::Example};

use super::{
    super::{
        Tag,
        examples::{ACCESS_TOKEN, SESSION, USER},
        problem::Problem,
        refusal::{Documented, Refusals},
        secret_text::SecretText,
        token_type::TokenType,
    },
    audience::AudienceClaim,
    client::{Caller, ClientParameters},
    error::{
        BAD_REQUEST, OAuthRefusal, SERVER_ERROR, TOO_LARGE, TOO_LATE, TOO_MANY, UNAVAILABLE,
        UNKNOWN_CLIENT, invalid_request,
    },
    form::{Form, FormBody, FromForm},
};
use crate::{
    domain::{Audience, RequestOrigin},
    usecases::{
        clients::AuthenticateClient,
        tokens::{IntrospectToken, TokenDescription},
    },
};

pub(in super::super) struct IntrospectionApi {
    pub(in super::super) introspect_token: IntrospectToken,
    pub(in super::super) authenticate_client: Arc<AuthenticateClient>,
}

/// A token that is asked about (RFC 7662 §2.1).
#[derive(Object)]
#[oai(example, skip_serializing_if_is_none)]
struct IntrospectionRequest {
    /// An access token or a refresh token.
    token: SecretText,
    /// `access_token` or `refresh_token`. It is not needed.
    token_type_hint: Option<String>,
    /// The service client's id, where it is not in an `Authorization: Basic` header.
    client_id: Option<String>,
    /// The service client's secret, where it is not in that header.
    client_secret: Option<SecretText>,
}

/// What a token says (RFC 7662 §2.2). Of a token that is not active there is `active` alone.
#[derive(Default, Object)]
#[oai(example, skip_serializing_if_is_none)]
struct Introspection {
    /// Whether the token is good right now.
    active: bool,
    /// How it is presented; of access tokens alone.
    token_type: Option<TokenType>,
    /// The issuer.
    iss: Option<String>,
    /// The user's id, or the service client's.
    sub: Option<String>,
    /// The client that the token was issued to.
    client_id: Option<String>,
    /// When it was issued, in seconds since 1970.
    iat: Option<i64>,
    /// When it expires, in seconds since 1970.
    exp: Option<i64>,
    /// The audience: a text, or an array of several.
    aud: Option<AudienceClaim>,
    /// The access token's id.
    jti: Option<String>,
    /// The scopes of a service client's token, between spaces.
    scope: Option<String>,
    /// The user's name.
    username: Option<String>,
    /// The user's session.
    sid: Option<String>,
}

#[derive(ApiResponse)]
enum IntrospectionAnswer {
    /// What the token says, or that it is not active
    #[oai(status = 200)]
    Ok(
        Json<Introspection>,
        /// `no-store`
        #[oai(header = "Cache-Control")]
        String,
    ),
}

struct IntrospectionRefusals;

impl Refusals for IntrospectionRefusals {
    const LIST: &'static [Documented] = &[
        BAD_REQUEST,
        UNKNOWN_CLIENT,
        TOO_LATE,
        TOO_LARGE,
        TOO_MANY,
        SERVER_ERROR,
        UNAVAILABLE,
    ];
}

#[OpenApi(tag = "Tag::Authentication")]
impl IntrospectionApi {
    /// Ask about a token
    ///
    /// For service clients. A token that expired or was revoked, of a session that is over, of a user who is disabled, or of a key that is not published any more is not active.
    #[oai(
        path = "/introspect",
        method = "post",
        operation_id = "introspectToken"
    )]
    async fn introspect(
        &self,
        request: &poem::Request,
        origin: Data<&RequestOrigin>,
        body: FormBody<IntrospectionRequest>,
    ) -> Result<IntrospectionAnswer, OAuthRefusal<IntrospectionRefusals>> {
        let form = body.0;
        let client = ClientParameters::new(form.client_id, form.client_secret);
        Caller::of(request, client)?
            .authenticated(&self.authenticate_client, &origin)
            .await?;
        let description = self.introspect_token.run(form.token.expose()).await?;
        let answer = description.map_or_else(Introspection::default, Introspection::from);
        Ok(IntrospectionAnswer::Ok(Json(answer), "no-store".to_owned()))
    }
}

impl FromForm for IntrospectionRequest {
    fn from_form(form: &mut Form) -> Result<Self, Problem> {
        Ok(Self {
            token: form
                .secret("token")
                .ok_or_else(|| invalid_request("token is missing"))?,
            token_type_hint: form.optional("token_type_hint"),
            client_id: form.optional("client_id"),
            client_secret: form.secret("client_secret"),
        })
    }
}

impl From<TokenDescription> for Introspection {
    fn from(token: TokenDescription) -> Self {
        Self {
            active: true,
            token_type: token.is_bearer.then_some(TokenType::Bearer),
            iss: Some(token.iss),
            sub: Some(token.sub),
            client_id: Some(token.client_id),
            iat: Some(token.iat),
            exp: Some(token.exp),
            aud: token.aud.map(AudienceClaim),
            jti: token.jti,
            scope: token.scope,
            username: token.username,
            sid: token.sid,
        }
    }
}

impl Example for IntrospectionRequest {
    fn example() -> Self {
        Self {
            token: SecretText::new(ACCESS_TOKEN.to_owned()),
            token_type_hint: None,
            client_id: None,
            client_secret: None,
        }
    }
}

impl Example for Introspection {
    fn example() -> Self {
        Self {
            active: true,
            token_type: Some(TokenType::Bearer),
            iss: Some("https://auth.example".to_owned()),
            sub: Some(USER.to_string()),
            client_id: Some("signet".to_owned()),
            iat: Some(1_793_898_761),
            exp: Some(1_793_899_661),
            aud: Some(AudienceClaim(Audience::One(
                "https://api.example".to_owned(),
            ))),
            jti: Some("4b8f1d2c-60ea-4973-a5c8-d19e7b3f0624".to_owned()),
            scope: None,
            username: Some("ada".to_owned()),
            sid: Some(SESSION.to_string()),
        }
    }
}

mod examples;

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json};

use super::{
    super::{
        Tag,
        detached::run_to_end,
        problem::Problem,
        refusal::{Documented, Refusals},
        secret_text::SecretText,
        token_type::TokenType,
    },
    client::{Caller, ClientParameters},
    error::{
        OAuthRefusal, SERVER_ERROR, TOO_LARGE, TOO_LATE, TOO_MANY, UNAVAILABLE, UNKNOWN_CLIENT,
        invalid_request, refused,
    },
    form::{Form, FormBody, FromForm},
};
use crate::{
    domain::RequestOrigin,
    usecases::{
        IssuedLogin,
        clients::{AuthenticateClient, ClientToken, IssueClientToken, IssueClientTokenError},
        sessions::{RefreshError, RefreshSession},
    },
};

pub(in super::super) struct TokenApi {
    pub(in super::super) refresh_session: Arc<RefreshSession>,
    pub(in super::super) authenticate_client: Arc<AuthenticateClient>,
    pub(in super::super) issue_client_token: IssueClientToken,
    /// The first-party client's id.
    pub(in super::super) client_id: String,
}

/// A grant and what it takes (RFC 6749 §4.4.2, §6).
#[derive(Object)]
#[oai(example, skip_serializing_if_is_none)]
struct TokenRequest {
    /// `refresh_token` or `client_credentials`.
    grant_type: String,
    /// The refresh token, for `refresh_token`.
    refresh_token: Option<SecretText>,
    /// The scopes that are asked for, between spaces, for `client_credentials`; by default all that the client may have.
    scope: Option<String>,
    /// The client's id, where it is not in an `Authorization: Basic` header.
    client_id: Option<String>,
    /// The client's secret, where it is not in that header.
    client_secret: Option<SecretText>,
}

/// New tokens (RFC 6749 §5.1).
#[derive(Object)]
#[oai(example, skip_serializing_if_is_none)]
struct TokenResponse {
    /// A JWT of RFC 9068, signed by a key of `/.well-known/jwks.json`.
    access_token: String,
    /// How it is presented.
    token_type: TokenType,
    /// The access token's lifetime in seconds.
    expires_in: u64,
    /// The session's current refresh token; the one that was sent is consumed.
    refresh_token: Option<String>,
    /// In how many seconds the session ends if it is not refreshed.
    refresh_expires_in: Option<u64>,
    /// The scopes of a service client's token, between spaces.
    scope: Option<String>,
}

#[derive(ApiResponse)]
enum TokenAnswer {
    /// The tokens
    #[oai(status = 200)]
    Ok(
        Json<TokenResponse>,
        /// `no-store`: the tokens must stay in no cache
        #[oai(header = "Cache-Control")]
        String,
        /// `no-cache`
        #[oai(header = "Pragma")]
        String,
    ),
}

struct TokenRefusals;

impl Refusals for TokenRefusals {
    const LIST: &'static [Documented] = &[
        (
            400,
            &[
                "invalid_grant",
                "invalid_request",
                "invalid_scope",
                "unsupported_grant_type",
            ],
            "`invalid_request`: the body is no form, lacks a parameter or has one twice; `invalid_grant`: the refresh token is not valid any more; `invalid_scope`: the client may not have that scope; `unsupported_grant_type`: no such thing can be exchanged",
        ),
        UNKNOWN_CLIENT,
        TOO_LATE,
        TOO_LARGE,
        TOO_MANY,
        SERVER_ERROR,
        UNAVAILABLE,
    ];
}

#[OpenApi(tag = "Tag::Authentication")]
impl TokenApi {
    /// Get new tokens
    ///
    /// `refresh_token` exchanges a refresh token, once, for new tokens of its session. A token that was consumed a moment ago (`SIGNET_REFRESH_REUSE_WINDOW`) is answered with the session's current one; any older one ends the session. `client_credentials` gives a service client a token for itself.
    #[oai(path = "/token", method = "post", operation_id = "getToken")]
    async fn token(
        &self,
        request: &poem::Request,
        origin: Data<&RequestOrigin>,
        body: FormBody<TokenRequest>,
    ) -> Result<TokenAnswer, OAuthRefusal<TokenRefusals>> {
        let form = body.0;
        let client = ClientParameters::new(form.client_id, form.client_secret);
        let caller = Caller::of(request, client)?;
        match form.grant_type.as_str() {
            "refresh_token" => {
                self.check_first_party(caller, &origin).await?;
                let token = form
                    .refresh_token
                    .ok_or_else(|| invalid_request("refresh_token is missing"))?;
                if form.scope.is_some() {
                    let reason = "tokens of sessions have no scope";
                    return Err(refused("invalid_scope", reason).into());
                }
                let (refresh, origin) = (self.refresh_session.clone(), origin.0.clone());
                let issued =
                    run_to_end(async move { refresh.run(&origin, token.expose()).await }).await?;
                Ok(of_session(issued))
            }
            "client_credentials" => {
                let client = caller
                    .authenticated(&self.authenticate_client, &origin)
                    .await?;
                let token = self
                    .issue_client_token
                    .run(&client, form.scope.as_deref())?;
                Ok(of_client(token))
            }
            _ => {
                let offered = "the grants are refresh_token and client_credentials; \
                               users log in at /auth, for there is no password grant (RFC 9700)";
                Err(refused("unsupported_grant_type", offered).into())
            }
        }
    }
}

impl TokenApi {
    /// A refresh token was issued to the first-party client, which is public.
    async fn check_first_party(
        &self,
        caller: Caller,
        origin: &RequestOrigin,
    ) -> Result<(), Problem> {
        match caller {
            Caller::Anonymous => Ok(()),
            Caller::Named(id) if id == self.client_id => Ok(()),
            other => {
                // Another client must be who it says before it is told more.
                other
                    .authenticated(&self.authenticate_client, origin)
                    .await?;
                let reason = "the refresh token was issued to another client";
                Err(refused("invalid_grant", reason))
            }
        }
    }
}

impl FromForm for TokenRequest {
    fn from_form(form: &mut Form) -> Result<Self, Problem> {
        Ok(Self {
            grant_type: form
                .optional("grant_type")
                .ok_or_else(|| invalid_request("grant_type is missing"))?,
            refresh_token: form.secret("refresh_token"),
            scope: form.optional("scope"),
            client_id: form.optional("client_id"),
            client_secret: form.secret("client_secret"),
        })
    }
}

fn of_session(issued: IssuedLogin) -> TokenAnswer {
    answer(TokenResponse {
        access_token: issued.access.access_token,
        token_type: TokenType::Bearer,
        expires_in: issued.access.expires_in.as_secs(),
        refresh_token: Some(issued.refresh_token.expose().to_owned()),
        refresh_expires_in: Some(issued.refresh_expires_in.as_secs()),
        scope: None,
    })
}

fn of_client(issued: ClientToken) -> TokenAnswer {
    let scopes = issued.scopes;
    answer(TokenResponse {
        access_token: issued.token.access_token,
        token_type: TokenType::Bearer,
        expires_in: issued.token.expires_in.as_secs(),
        refresh_token: None,
        refresh_expires_in: None,
        scope: (!scopes.is_empty()).then(|| scopes.to_string()),
    })
}

fn answer(response: TokenResponse) -> TokenAnswer {
    TokenAnswer::Ok(Json(response), "no-store".to_owned(), "no-cache".to_owned())
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::InvalidGrant => {
                refused("invalid_grant", "the refresh token is not valid any more")
            }
            RefreshError::KeyNotKnownYet(_) => Self::try_again(),
            RefreshError::NoSigningKey(_) => Self::no_signing_key(),
            RefreshError::Signing(error) => Self::internal(&error),
            RefreshError::Storage(error) => error.into(),
        }
    }
}

impl From<IssueClientTokenError> for Problem {
    fn from(error: IssueClientTokenError) -> Self {
        match error {
            IssueClientTokenError::InvalidScope => {
                refused("invalid_scope", "the client may not have this scope")
            }
            IssueClientTokenError::NoSigningKey(_) => Self::no_signing_key(),
            IssueClientTokenError::Signing(error) => Self::internal(&error),
        }
    }
}

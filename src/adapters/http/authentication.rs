use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json, types::Example};

use super::{
    Tag,
    detached::run_to_end,
    examples::{ACCESS_TOKEN, REFRESH_TOKEN},
    json_body::{Fields, FromFields, JsonBody},
    refusal::{
        ACCOUNT_THROTTLED, BAD_REQUEST, Documented, INTERNAL_ERROR, REQUEST_TIMEOUT, Refusal,
        Refusals, UNSUPPORTED_MEDIA_TYPE,
    },
    secret_text::SecretText,
    token_type::TokenType,
};
use crate::{
    domain::RequestOrigin,
    usecases::{Authenticate, IssuedLogin},
};

pub(super) struct AuthenticationApi {
    pub(super) authenticate: Arc<Authenticate>,
}

/// A username and password.
#[derive(Object)]
#[oai(example)]
struct AuthRequest {
    /// The account's username, in any case.
    username: String,
    /// The account's password, 1 to 1,024 bytes.
    #[oai(validator(min_length = 1, max_length = 1024))]
    password: SecretText,
}

/// The tokens of a new session (RFC 6749 §5.1).
#[derive(Object)]
#[oai(example)]
struct AuthResponse {
    /// `Authentication successful.`
    message: String,
    /// A JWT of RFC 9068, signed by a key of `/.well-known/jwks.json`.
    access_token: String,
    /// How it is presented.
    token_type: TokenType,
    /// The access token's lifetime in seconds.
    expires_in: u64,
    /// What `POST /token` exchanges for new tokens, once.
    refresh_token: String,
    /// In how many seconds the session ends if it is not refreshed.
    refresh_expires_in: u64,
}

#[derive(ApiResponse)]
enum AuthenticateResponse {
    /// The password is right
    #[oai(status = 200)]
    Ok(
        Json<AuthResponse>,
        /// `no-store`: the tokens must stay in no cache
        #[oai(header = "Cache-Control")]
        String,
        /// `no-cache`
        #[oai(header = "Pragma")]
        String,
    ),
}

struct AuthRefusals;

impl Refusals for AuthRefusals {
    const LIST: &'static [Documented] = &[
        BAD_REQUEST,
        (
            401,
            &["invalid_credentials"],
            "`invalid_credentials`: unknown user, wrong password or disabled account",
        ),
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        ACCOUNT_THROTTLED,
        INTERNAL_ERROR,
        (
            503,
            &["busy", "unavailable", "no_signing_key"],
            "`busy`: too many passwords are waiting to be checked; `unavailable`: the database does not answer, or requests cannot be counted; `no_signing_key`: no key may sign the tokens",
        ),
    ];
}

#[OpenApi(tag = "Tag::Authentication")]
impl AuthenticationApi {
    /// Log in
    ///
    /// Checks a username and password and begins a session.
    #[oai(path = "/auth", method = "post", operation_id = "authenticate")]
    async fn authenticate(
        &self,
        origin: Data<&RequestOrigin>,
        body: JsonBody<AuthRequest>,
    ) -> Result<AuthenticateResponse, Refusal<AuthRefusals>> {
        let AuthRequest { username, password } = body.0;
        let origin = origin.0.clone();
        let authenticate = self.authenticate.clone();
        let IssuedLogin {
            access,
            refresh_token,
            refresh_expires_in,
        } = run_to_end(async move {
            authenticate
                .run(&origin, &username, password.into_inner())
                .await
        })
        .await?;
        Ok(AuthenticateResponse::Ok(
            Json(AuthResponse {
                message: "Authentication successful.".to_owned(),
                access_token: access.access_token,
                token_type: TokenType::Bearer,
                expires_in: access.expires_in.as_secs(),
                refresh_token: refresh_token.expose().to_owned(),
                refresh_expires_in: refresh_expires_in.as_secs(),
            }),
            "no-store".to_owned(),
            "no-cache".to_owned(),
        ))
    }
}

impl FromFields for AuthRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let username = fields.text("username");
        let password = fields.secret("password");
        Some(Self {
            username: username?,
            password: password?,
        })
    }
}

impl Example for AuthRequest {
    fn example() -> Self {
        Self {
            username: "ada".to_owned(),
            password: SecretText::new("0d9cbe46-2f1a-4b57-9c38-6a7e5d4f3b21".to_owned()),
        }
    }
}

impl Example for AuthResponse {
    fn example() -> Self {
        Self {
            message: "Authentication successful.".to_owned(),
            access_token: ACCESS_TOKEN.to_owned(),
            token_type: TokenType::Bearer,
            expires_in: 900,
            refresh_token: REFRESH_TOKEN.to_owned(),
            refresh_expires_in: 2_592_000,
        }
    }
}

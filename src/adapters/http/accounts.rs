use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json};
use uuid::Uuid;

use super::{
    Tag,
    detached::run_to_end,
    json_body::{Fields, FromFields, JsonBody},
    refusal::{
        BAD_REQUEST, INTERNAL_ERROR, PAYLOAD_TOO_LARGE, Refusal, Refusals, TOO_MANY_REQUESTS,
        UNSUPPORTED_MEDIA_TYPE,
    },
};
use crate::{
    domain::RequestOrigin,
    usecases::{RegisterUser, RegisteredUser},
};

pub(super) struct AccountsApi {
    pub(super) register_user: Arc<RegisterUser>,
}

/// A new account.
#[derive(Object)]
#[oai(example)]
struct RegisterRequest {
    /// 3 to 64 characters of ASCII letters, digits and `. _ - @ +`; unique whatever its case.
    #[oai(validator(min_length = 3, max_length = 64))]
    username: String,
    /// An e-mail address of at most 254 characters; unique whatever its case.
    #[oai(validator(max_length = 254))]
    email: String,
}

/// The account that was made.
#[derive(Object)]
#[oai(example)]
struct RegisteredAccount {
    /// The account's id, the `sub` of its tokens.
    id: Uuid,
    /// The username as it was given.
    username: String,
    /// The password that the server made. It is shown this once and cannot be read again.
    password: String,
}

#[derive(ApiResponse)]
enum RegisterResponse {
    /// The account was made
    #[oai(status = 201)]
    Created(
        Json<RegisteredAccount>,
        /// `no-store`: the password must stay in no cache
        #[oai(header = "Cache-Control")]
        String,
    ),
}

struct RegisterRefusals;

impl Refusals for RegisterRefusals {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD_REQUEST,
        (409, "`username_taken` or `email_taken`"),
        PAYLOAD_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
        TOO_MANY_REQUESTS,
        INTERNAL_ERROR,
        (
            503,
            "`busy`: too many passwords are waiting to be hashed; or `unavailable`: the database does not answer",
        ),
    ];
}

#[OpenApi(tag = "Tag::Accounts")]
impl AccountsApi {
    /// Register an account
    ///
    /// Makes an account with a password of the server's choosing.
    #[oai(path = "/register", method = "post", operation_id = "register")]
    async fn register(
        &self,
        origin: Data<&RequestOrigin>,
        body: JsonBody<RegisterRequest>,
    ) -> Result<RegisterResponse, Refusal<RegisterRefusals>> {
        let RegisterRequest { username, email } = body.0;
        let origin = origin.0.clone();
        let register_user = self.register_user.clone();
        let RegisteredUser {
            id,
            username,
            password,
        } = run_to_end(async move { register_user.run(&origin, &username, &email).await }).await?;
        Ok(RegisterResponse::Created(
            Json(RegisteredAccount {
                id: id.as_uuid(),
                username: username.to_string(),
                password: password.expose().to_owned(),
            }),
            "no-store".to_owned(),
        ))
    }
}

impl FromFields for RegisterRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let username = fields.text("username");
        let email = fields.text("email");
        Some(Self {
            username: username?,
            email: email?,
        })
    }
}

impl poem_openapi::types::Example for RegisterRequest {
    fn example() -> Self {
        Self {
            username: "ada".to_owned(),
            email: "ada@example.com".to_owned(),
        }
    }
}

impl poem_openapi::types::Example for RegisteredAccount {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x5f0c_6d2e_7a39_4c1b_8d52_9e0f_a1b2_c3d4),
            username: "ada".to_owned(),
            password: "0d9cbe46-2f1a-4b57-9c38-6a7e5d4f3b21".to_owned(),
        }
    }
}

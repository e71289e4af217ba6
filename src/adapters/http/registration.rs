use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json};
use uuid::Uuid;

use super::{
    Tag,
    detached::run_to_end,
    examples::USER,
    json_body::{Fields, FromFields, JsonBody},
    refusal::{
        Documented, INTERNAL_ERROR, REQUEST_TIMEOUT, Refusal, Refusals, TOO_MANY_REQUESTS,
        UNSUPPORTED_MEDIA_TYPE, USER_TAKEN,
    },
    secret_text::SecretText,
};
use crate::{
    crypto::InviteCode,
    domain::RequestOrigin,
    usecases::accounts::{RegisterUser, RegisteredUser, Registration},
};

pub(super) struct RegistrationApi {
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
    /// 1,024 bytes at most, and hard to guess. Without it the server makes one.
    #[oai(nullable, validator(max_length = 1024), skip_serializing_if_is_none)]
    password: Option<SecretText>,
    /// What an admin made for one account. It is needed where registration is by invite only,
    /// and used up there alone.
    #[oai(nullable, skip_serializing_if_is_none)]
    invite: Option<SecretText>,
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
    /// Absent when one was chosen.
    #[oai(skip_serializing_if_is_none)]
    password: Option<String>,
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
    const LIST: &'static [Documented] = &[
        (
            400,
            &["invalid_request"],
            "`invalid_request`: the body is not JSON of the documented form, or the password is too easy to guess; `errors` names the fields",
        ),
        (
            403,
            &["registration_closed", "invite_required", "invalid_invite"],
            "`registration_closed`: admins alone make accounts; `invite_required`: an invite is needed; `invalid_invite`: there is no such invite, or it was used, or it has expired",
        ),
        USER_TAKEN,
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        TOO_MANY_REQUESTS,
        INTERNAL_ERROR,
        (
            503,
            &["busy", "unavailable"],
            "`busy`: too many passwords are waiting to be rated or hashed; or `unavailable`: the database does not answer, or requests cannot be counted",
        ),
    ];
}

#[OpenApi(tag = "Tag::Accounts")]
impl RegistrationApi {
    /// Register an account
    ///
    /// Makes an account with the password that was chosen, or else with one of the server's making.
    #[oai(path = "/register", method = "post", operation_id = "register")]
    async fn register(
        &self,
        origin: Data<&RequestOrigin>,
        body: JsonBody<RegisterRequest>,
    ) -> Result<RegisterResponse, Refusal<RegisterRefusals>> {
        let registration = body.0.into();
        let origin = origin.0.clone();
        let register_user = self.register_user.clone();
        let RegisteredUser {
            id,
            username,
            generated,
        } = run_to_end(async move { register_user.run(&origin, registration).await }).await?;
        Ok(RegisterResponse::Created(
            Json(RegisteredAccount {
                id: id.as_uuid(),
                username: username.to_string(),
                password: generated.map(|password| password.expose().to_owned()),
            }),
            "no-store".to_owned(),
        ))
    }
}

impl FromFields for RegisterRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let username = fields.text("username");
        let email = fields.text("email");
        let password = fields.optional_secret("password");
        let invite = fields.optional_secret("invite");
        Some(Self {
            username: username?,
            email: email?,
            password,
            invite,
        })
    }
}

impl From<RegisterRequest> for Registration {
    fn from(request: RegisterRequest) -> Self {
        let invite = request.invite.map(SecretText::into_inner);
        Self {
            username: request.username,
            email: request.email,
            password: request.password.map(SecretText::into_zeroizing),
            invite: invite.map(InviteCode::presented),
        }
    }
}

impl poem_openapi::types::Example for RegisterRequest {
    fn example() -> Self {
        Self {
            username: "ada".to_owned(),
            email: "ada@example.com".to_owned(),
            password: None,
            invite: None,
        }
    }
}

impl poem_openapi::types::Example for RegisteredAccount {
    fn example() -> Self {
        Self {
            id: USER,
            username: "ada".to_owned(),
            password: Some("0d9cbe46-2f1a-4b57-9c38-6a7e5d4f3b21".to_owned()),
        }
    }
}

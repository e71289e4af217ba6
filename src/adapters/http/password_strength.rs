use std::sync::Arc;

use poem_openapi::{Object, OpenApi, types::Example};

use super::{
    Tag,
    answers::Read,
    json_body::{Fields, FromFields, JsonBody},
    refusal::{
        BAD_REQUEST, Documented, INTERNAL_ERROR, REQUEST_TIMEOUT, Refusal, Refusals,
        TOO_MANY_REQUESTS, UNSUPPORTED_MEDIA_TYPE,
    },
    secret_text::SecretText,
};
use crate::{domain::PasswordStrength, usecases::accounts::RatePassword};

pub(super) struct PasswordStrengthApi {
    pub(super) rate_password: Arc<RatePassword>,
}

/// A password that someone thinks of choosing.
#[derive(Object)]
#[oai(example)]
struct StrengthRequest {
    /// 1 to 1,024 bytes.
    #[oai(validator(min_length = 1, max_length = 1024))]
    password: SecretText,
}

/// How hard it is to guess.
#[derive(Object)]
#[oai(example)]
struct Strength {
    /// 0 to 4, as zxcvbn tells it; 3 or more is accepted unless the account's own names are in it.
    #[oai(validator(minimum(value = "0"), maximum(value = "4")))]
    score: u8,
    /// What would make it harder to guess, in sentences.
    advice: Vec<String>,
}

struct StrengthRefusals;

impl Refusals for StrengthRefusals {
    const LIST: &'static [Documented] = &[
        BAD_REQUEST,
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        TOO_MANY_REQUESTS,
        INTERNAL_ERROR,
        (
            503,
            &["busy", "unavailable"],
            "`busy`: too many passwords are waiting to be rated; or `unavailable`: requests cannot be counted",
        ),
    ];
}

#[OpenApi(tag = "Tag::Accounts")]
impl PasswordStrengthApi {
    /// Rate a password
    ///
    /// Tells how hard it is to guess, for forms that ask for one. Nothing of it is stored or logged.
    #[oai(
        path = "/password/strength",
        method = "post",
        operation_id = "ratePassword"
    )]
    async fn rate(
        &self,
        body: JsonBody<StrengthRequest>,
    ) -> Result<Read<Strength>, Refusal<StrengthRefusals>> {
        let password = body.0.password.into_inner();
        let PasswordStrength { score, advice } = self.rate_password.run(password).await?;
        Ok(Read::new(Strength {
            score: score.as_u8(),
            advice,
        }))
    }
}

impl FromFields for StrengthRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let password = fields.secret("password")?;
        Some(Self { password })
    }
}

impl Example for StrengthRequest {
    fn example() -> Self {
        Self {
            password: SecretText::new("Password1234".to_owned()),
        }
    }
}

impl Example for Strength {
    fn example() -> Self {
        Self {
            score: 1,
            advice: vec!["This is a very common password.".to_owned()],
        }
    }
}

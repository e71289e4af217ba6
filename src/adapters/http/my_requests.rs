//! What operations on the user's own account take and refuse alike.

use poem_openapi::{
    Object,
    types::{Example, MaybeUndefined},
};
use zeroize::Zeroizing;

use super::{
    bearer::{FORBIDDEN, UNAUTHORIZED},
    json_body::{Fields, FromFields},
    refusal::{BAD_QUERY, Documented, INTERNAL_ERROR, Refusals, UNAVAILABLE},
    secret_text::SecretText,
};
use crate::usecases::accounts::{PasswordPair, UserChanges};

/// What every list of the user's own may refuse.
pub(super) struct ListRefusals;

impl Refusals for ListRefusals {
    const LIST: &'static [Documented] = &[
        BAD_QUERY,
        UNAUTHORIZED,
        FORBIDDEN,
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

/// Changes of the user's own account. What is absent stays as it is.
#[derive(Object)]
#[oai(example)]
pub(super) struct UpdateMeRequest {
    /// An e-mail address of at most 254 characters; unique whatever its case.
    #[oai(nullable, validator(max_length = 254))]
    email: Option<String>,
    /// 1 to 128 characters; null takes it away.
    #[oai(nullable, validator(min_length = 1, max_length = 128))]
    display_name: MaybeUndefined<String>,
}

/// Another password for the user's own account.
#[derive(Object)]
#[oai(example)]
pub(super) struct ChangePasswordRequest {
    /// The account's password, 1 to 1,024 bytes.
    #[oai(validator(min_length = 1, max_length = 1024))]
    current_password: SecretText,
    /// 1,024 bytes at most, and hard to guess.
    #[oai(validator(min_length = 1, max_length = 1024))]
    new_password: SecretText,
}

/// The user's confirmation.
#[derive(Object)]
#[oai(example)]
pub(super) struct CloseAccountRequest {
    /// The account's password, 1 to 1,024 bytes.
    #[oai(validator(min_length = 1, max_length = 1024))]
    password: SecretText,
}

impl CloseAccountRequest {
    pub(super) fn into_password(self) -> Zeroizing<String> {
        self.password.into_zeroizing()
    }
}

impl FromFields for UpdateMeRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        Some(Self {
            email: fields.optional_text("email"),
            display_name: fields.nullable_text("display_name"),
        })
    }
}

impl FromFields for ChangePasswordRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let current_password = fields.secret("current_password");
        let new_password = fields.secret("new_password");
        Some(Self {
            current_password: current_password?,
            new_password: new_password?,
        })
    }
}

impl FromFields for CloseAccountRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let password = fields.secret("password")?;
        Some(Self { password })
    }
}

impl From<UpdateMeRequest> for UserChanges {
    fn from(request: UpdateMeRequest) -> Self {
        Self {
            email: request.email,
            display_name: request.display_name.into(),
            ..Self::default()
        }
    }
}

impl From<ChangePasswordRequest> for PasswordPair {
    fn from(request: ChangePasswordRequest) -> Self {
        Self {
            current: request.current_password.into_zeroizing(),
            new: request.new_password.into_zeroizing(),
        }
    }
}

impl Example for UpdateMeRequest {
    fn example() -> Self {
        Self {
            email: Some("ada@example.com".to_owned()),
            display_name: MaybeUndefined::Value("Ada Lovelace".to_owned()),
        }
    }
}

impl Example for ChangePasswordRequest {
    fn example() -> Self {
        Self {
            current_password: SecretText::new("0d9cbe46-2f1a-4b57-9c38-6a7e5d4f3b21".to_owned()),
            new_password: SecretText::new("plum tiger kettle".to_owned()),
        }
    }
}

impl Example for CloseAccountRequest {
    fn example() -> Self {
        Self {
            password: SecretText::new("plum tiger kettle".to_owned()),
        }
    }
}

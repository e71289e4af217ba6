//! What admins send.

use poem_openapi::{
    Object,
    types::{Example, MaybeUndefined},
};

use crate::{
    adapters::http::{
        account::Status,
        json_body::{Fields, FromFields},
    },
    domain::AccountStatus,
    usecases::accounts::{NewAccount, UserChanges},
};

/// A new account. The server makes its password.
#[derive(Object)]
#[oai(example)]
pub(super) struct CreateUserRequest {
    /// 3 to 64 characters of ASCII letters, digits and `. _ - @ +`; unique whatever its case.
    #[oai(validator(min_length = 3, max_length = 64))]
    username: String,
    /// An e-mail address of at most 254 characters; unique whatever its case.
    #[oai(validator(max_length = 254))]
    email: String,
    /// What people call its owner: 1 to 128 characters.
    #[oai(nullable, validator(min_length = 1, max_length = 128))]
    display_name: Option<String>,
    /// At most 32 of 1 to 64 ASCII letters, digits and `. _ : -`.
    #[oai(nullable, validator(max_items = 32))]
    roles: Option<Vec<String>>,
}

/// Changes of an account. What is absent stays as it is.
#[derive(Object)]
#[oai(example)]
pub(super) struct UpdateUserRequest {
    /// Disabling logs the user out everywhere.
    status: Option<Status>,
    /// All roles that the account is to have.
    #[oai(nullable, validator(max_items = 32))]
    roles: Option<Vec<String>>,
    /// 1 to 128 characters; null takes it away.
    #[oai(nullable, validator(min_length = 1, max_length = 128))]
    display_name: MaybeUndefined<String>,
    /// An e-mail address of at most 254 characters; unique whatever its case.
    #[oai(nullable, validator(max_length = 254))]
    email: Option<String>,
}

impl FromFields for CreateUserRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let username = fields.text("username");
        let email = fields.text("email");
        let display_name = fields.optional_text("display_name");
        let roles = fields.optional_texts("roles");
        Some(Self {
            username: username?,
            email: email?,
            display_name,
            roles,
        })
    }
}

impl From<CreateUserRequest> for NewAccount {
    fn from(request: CreateUserRequest) -> Self {
        Self {
            username: request.username,
            email: request.email,
            display_name: request.display_name,
            roles: request.roles.unwrap_or_default(),
        }
    }
}

impl FromFields for UpdateUserRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let status = fields.optional_name("status", "must be `active` or `disabled`", |text| {
            text.parse().ok().map(|status: AccountStatus| status.into())
        });
        Some(Self {
            status,
            roles: fields.optional_texts("roles"),
            display_name: fields.nullable_text("display_name"),
            email: fields.optional_text("email"),
        })
    }
}

impl From<UpdateUserRequest> for UserChanges {
    fn from(request: UpdateUserRequest) -> Self {
        Self {
            email: request.email,
            display_name: request.display_name.into(),
            status: request.status.map(AccountStatus::from),
            roles: request.roles,
        }
    }
}

impl Example for CreateUserRequest {
    fn example() -> Self {
        Self {
            username: "ada".to_owned(),
            email: "ada@example.com".to_owned(),
            display_name: Some("Ada Lovelace".to_owned()),
            roles: Some(vec!["editor".to_owned()]),
        }
    }
}

impl Example for UpdateUserRequest {
    fn example() -> Self {
        Self {
            status: Some(Status::Active),
            roles: Some(vec!["editor".to_owned()]),
            display_name: MaybeUndefined::Value("Ada Lovelace".to_owned()),
            email: Some("ada@example.com".to_owned()),
        }
    }
}

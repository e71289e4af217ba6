//! What admins are shown once.

use poem_openapi::{Object, types::Example};
use uuid::Uuid;

use crate::{
    adapters::http::examples::USER,
    domain::{Password, User},
};

/// The account that was made.
#[derive(Object)]
#[oai(example)]
pub(super) struct CreatedAccount {
    /// The account's id, the `sub` of its tokens.
    id: Uuid,
    /// The username as it was given.
    username: String,
    /// The password that the server made. It is shown this once and cannot be read again.
    password: String,
}

/// Another password.
#[derive(Object)]
#[oai(example)]
pub(super) struct NewPassword {
    /// The password that the server made. It is shown this once and cannot be read again.
    password: String,
}

impl CreatedAccount {
    pub(super) fn new(user: &User, password: &Password) -> Self {
        Self {
            id: user.id.as_uuid(),
            username: user.username.to_string(),
            password: password.expose().to_owned(),
        }
    }
}

impl NewPassword {
    pub(super) fn new(password: &Password) -> Self {
        Self {
            password: password.expose().to_owned(),
        }
    }
}

impl Example for CreatedAccount {
    fn example() -> Self {
        Self {
            id: USER,
            username: "ada".to_owned(),
            password: NewPassword::example().password,
        }
    }
}

impl Example for NewPassword {
    fn example() -> Self {
        Self {
            password: "0d9cbe46-2f1a-4b57-9c38-6a7e5d4f3b21".to_owned(),
        }
    }
}

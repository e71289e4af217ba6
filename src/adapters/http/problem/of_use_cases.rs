//! What use cases that several operations share fail with.

use std::time::Duration;

use poem::http::{HeaderValue, StatusCode, header};

use super::{Problem, UNAVAILABLE_RETRY};
use crate::{
    ports::{CreateClientError, DeleteUserError, HashError, MeterError, StorageError, in_full},
    usecases::{
        AuthenticateError,
        accounts::{
            ChangeUserError, ConfirmPasswordError, CreateUserError, RatePasswordError,
            RegisterUserError, ResetPasswordError,
        },
        keys::KeysError,
    },
};

const NO_ACCOUNT: &str = "there is no such account";

impl From<RegisterUserError> for Problem {
    fn from(error: RegisterUserError) -> Self {
        match error {
            RegisterUserError::Closed => {
                Self::forbidden("registration_closed", "admins alone make accounts")
            }
            RegisterUserError::InviteRequired => {
                Self::forbidden("invite_required", "an invite is needed")
            }
            RegisterUserError::InviteUnusable => Self::forbidden(
                "invalid_invite",
                "there is no such invite, or it was used, or it has expired",
            ),
            RegisterUserError::Invalid(errors) => Self::invalid_fields(errors),
            RegisterUserError::UsernameTaken => Self::username_taken(),
            RegisterUserError::EmailTaken => Self::email_taken(),
            RegisterUserError::Meter(error) => error.into(),
            RegisterUserError::Hash(error) => error.into(),
            RegisterUserError::Storage(error) => error.into(),
        }
    }
}

impl From<CreateUserError> for Problem {
    fn from(error: CreateUserError) -> Self {
        match error {
            CreateUserError::Invalid(errors) => Self::invalid_fields(errors),
            CreateUserError::UsernameTaken => Self::username_taken(),
            CreateUserError::EmailTaken => Self::email_taken(),
            CreateUserError::Hash(error) => error.into(),
            CreateUserError::Storage(error) => error.into(),
        }
    }
}

impl From<ChangeUserError> for Problem {
    fn from(error: ChangeUserError) -> Self {
        match error {
            ChangeUserError::Invalid(errors) => Self::invalid_fields(errors),
            ChangeUserError::NotFound => Self::not_found(NO_ACCOUNT),
            ChangeUserError::EmailTaken => Self::email_taken(),
            ChangeUserError::LastAdmin => Self::last_admin(),
            ChangeUserError::Storage(error) => error.into(),
        }
    }
}

impl From<DeleteUserError> for Problem {
    fn from(error: DeleteUserError) -> Self {
        match error {
            DeleteUserError::NotFound => Self::not_found(NO_ACCOUNT),
            DeleteUserError::PasswordChanged => Self::password_changed(),
            DeleteUserError::LastAdmin => Self::last_admin(),
            DeleteUserError::Storage(error) => error.into(),
        }
    }
}

impl From<ResetPasswordError> for Problem {
    fn from(error: ResetPasswordError) -> Self {
        match error {
            ResetPasswordError::NotFound => Self::not_found(NO_ACCOUNT),
            ResetPasswordError::Hash(error) => error.into(),
            ResetPasswordError::Storage(error) => error.into(),
        }
    }
}

impl From<RatePasswordError> for Problem {
    fn from(error: RatePasswordError) -> Self {
        match error {
            RatePasswordError::Invalid(errors) => Self::invalid_fields(errors),
            RatePasswordError::Meter(error) => error.into(),
        }
    }
}

/// Not a 401: the access token is right, and no other one would help.
impl From<ConfirmPasswordError> for Problem {
    fn from(error: ConfirmPasswordError) -> Self {
        match error {
            ConfirmPasswordError::Wrong => {
                Self::forbidden("wrong_password", "the password is not the account's")
            }
            ConfirmPasswordError::Throttled { retry_after } => Self::account_throttled(retry_after),
            ConfirmPasswordError::Uncounted { retry_after } => Self::uncounted(retry_after),
            ConfirmPasswordError::Hash(error) => error.into(),
            ConfirmPasswordError::Storage(error) => error.into(),
        }
    }
}

impl From<CreateClientError> for Problem {
    fn from(error: CreateClientError) -> Self {
        match error {
            CreateClientError::NameTaken => {
                Self::conflict("name_taken", "the name is taken, whatever its case")
            }
            CreateClientError::Storage(error) => error.into(),
        }
    }
}

impl Problem {
    fn busy(retry_after: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy")
            .detail("too many passwords are waiting to be checked")
            .retry_after(retry_after)
    }

    fn forbidden(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code).detail(detail)
    }

    pub(in super::super) fn password_changed() -> Self {
        Self::conflict(
            "password_changed",
            "the password was changed by somebody else meanwhile",
        )
    }

    pub(in crate::adapters::http) fn conflict(
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::CONFLICT, code).detail(detail)
    }

    fn username_taken() -> Self {
        Self::conflict("username_taken", "the username is taken, whatever its case")
    }

    fn email_taken() -> Self {
        Self::conflict(
            "email_taken",
            "the e-mail address is taken, whatever its case",
        )
    }

    fn last_admin() -> Self {
        Self::conflict("last_admin", "nobody could administer the server any more")
    }
}

impl From<AuthenticateError> for Problem {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Invalid(errors) => Self::invalid_fields(errors),
            AuthenticateError::InvalidCredentials => {
                Self::new(StatusCode::UNAUTHORIZED, "invalid_credentials")
                    .detail("the username or the password is wrong")
                    .header(
                        header::WWW_AUTHENTICATE,
                        HeaderValue::from_static("Bearer realm=\"signet\""),
                    )
            }
            AuthenticateError::Throttled { retry_after } => Self::account_throttled(retry_after),
            AuthenticateError::Uncounted { retry_after } => Self::uncounted(retry_after),
            AuthenticateError::PasswordChanging => Self::of_status(StatusCode::SERVICE_UNAVAILABLE)
                .detail(error.to_string())
                .retry_after(UNAVAILABLE_RETRY),
            AuthenticateError::NoSigningKey(_) => Self::no_signing_key(),
            AuthenticateError::Hash(error) => error.into(),
            AuthenticateError::Signing(error) => Self::internal(&error),
            AuthenticateError::Storage(error) => error.into(),
        }
    }
}

impl From<KeysError> for Problem {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Storage(error) => error.into(),
            KeysError::Unsettled => Self::of_status(StatusCode::SERVICE_UNAVAILABLE)
                .detail(error.to_string())
                .retry_after(UNAVAILABLE_RETRY),
            _ => Self::internal(&error),
        }
    }
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy { retry_after } => Self::busy(retry_after),
            HashError::Failed(_) => Self::internal(&error),
        }
    }
}

impl From<MeterError> for Problem {
    fn from(error: MeterError) -> Self {
        match error {
            MeterError::Busy { retry_after } => Self::busy(retry_after),
            MeterError::Failed => Self::internal(&error),
        }
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable(_) => {
                tracing::error!(error = in_full(&error), "storage unavailable");
                Self::of_status(StatusCode::SERVICE_UNAVAILABLE).retry_after(UNAVAILABLE_RETRY)
            }
            StorageError::Corrupt { .. } => Self::internal(&error),
        }
    }
}

//! What use cases that several operations share fail with.

use std::error::Error as StdError;

use poem::http::{HeaderValue, StatusCode, header};

use super::{Problem, UNAVAILABLE_RETRY};
use crate::{
    ports::{HashError, StorageError},
    usecases::{AuthenticateError, RegisterUserError},
};

impl From<RegisterUserError> for Problem {
    fn from(error: RegisterUserError) -> Self {
        let taken = |code, detail| Self::new(StatusCode::CONFLICT, code).detail(detail);
        match error {
            RegisterUserError::Invalid(errors) => Self::invalid_fields(errors),
            RegisterUserError::UsernameTaken => {
                taken("username_taken", "the username is taken, whatever its case")
            }
            RegisterUserError::EmailTaken => taken(
                "email_taken",
                "the e-mail address is taken, whatever its case",
            ),
            RegisterUserError::Hash(error) => error.into(),
            RegisterUserError::Storage(error) => error.into(),
        }
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
            AuthenticateError::NoSigningKey(_) => Self::no_signing_key(),
            AuthenticateError::Hash(error) => error.into(),
            AuthenticateError::Signing(error) => Self::internal(&error),
            AuthenticateError::Storage(error) => error.into(),
        }
    }
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy { retry_after } => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy")
                .detail("too many passwords are waiting to be checked")
                .retry_after(retry_after),
            HashError::Failed(_) => Self::internal(&error),
        }
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable(_) => {
                tracing::error!(error = &error as &dyn StdError, "storage unavailable");
                Self::of_status(StatusCode::SERVICE_UNAVAILABLE).retry_after(UNAVAILABLE_RETRY)
            }
            StorageError::Corrupt { .. } => Self::internal(&error),
        }
    }
}

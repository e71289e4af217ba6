use std::sync::Arc;

use thiserror::Error;

use super::create_user::parse_roles;
use crate::{
    domain::{AccountStatus, RolesUpdate, User, UserId, UserUpdate},
    ports::{Clock, StorageError, UpdateUserError, UserRepo},
    usecases::{FieldError, FieldErrors, Initiator},
};

/// Changes an account. Whoever is disabled by it is logged out everywhere.
pub struct UpdateUser {
    pub users: Arc<dyn UserRepo>,
    pub clock: Arc<dyn Clock>,
}

/// The changes as they are asked for; `None` leaves a thing as it is.
#[derive(Clone, Debug, Default)]
pub struct UserChanges {
    pub email: Option<String>,
    /// `Some(None)` takes it away.
    pub display_name: Option<Option<String>>,
    pub status: Option<AccountStatus>,
    pub roles: Option<Vec<String>>,
}

#[derive(Debug, Error)]
pub enum ChangeUserError {
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    #[error("there is no such account")]
    NotFound,
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// No account could administer the server any more.
    #[error("it is the last admin")]
    LastAdmin,
    #[error(transparent)]
    Storage(StorageError),
}

impl UpdateUser {
    pub async fn run(
        &self,
        by: &Initiator,
        id: UserId,
        changes: &UserChanges,
    ) -> Result<User, ChangeUserError> {
        let update = changes.parse().map_err(ChangeUserError::Invalid)?;
        self.apply(by, id, &update).await
    }

    /// The same with changes that were parsed.
    pub async fn apply(
        &self,
        by: &Initiator,
        id: UserId,
        update: &UserUpdate,
    ) -> Result<User, ChangeUserError> {
        let act = by.acts(self.clock.now());
        Ok(self.users.update(id, update, &act).await?)
    }
}

impl UserChanges {
    fn parse(&self) -> Result<UserUpdate, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let email = self.email.as_deref();
        let email = email.map(|text| errors.parse("email", text));
        let display_name = self.display_name.as_ref().map(|name| {
            let name = name.as_deref();
            name.map(|text| errors.parse("display_name", text))
        });
        let roles = self.roles.as_deref();
        let roles = roles.map(|names| errors.take("roles", parse_roles(names)));
        errors.finish(Some(UserUpdate {
            email: email.flatten(),
            display_name: display_name.map(Option::flatten),
            status: self.status,
            roles: roles.flatten().map(RolesUpdate::Set),
        }))
    }
}

impl From<UpdateUserError> for ChangeUserError {
    fn from(error: UpdateUserError) -> Self {
        match error {
            UpdateUserError::NotFound => Self::NotFound,
            UpdateUserError::EmailTaken => Self::EmailTaken,
            UpdateUserError::Roles(error) => Self::Invalid(vec![FieldError::new("roles", error)]),
            UpdateUserError::LastAdmin => Self::LastAdmin,
            UpdateUserError::Storage(error) => Self::Storage(error),
        }
    }
}

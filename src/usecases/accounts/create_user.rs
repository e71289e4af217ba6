use std::sync::Arc;

use thiserror::Error;

use crate::{
    domain::{NewUser, Password, Role, Roles, User, UserId},
    ports::{Clock, Entropy, HashError, PasswordHasher, RegisterError, StorageError, UserRepo},
    usecases::{FieldError, FieldErrors, Initiator},
};

/// Opens an account for someone else, with a password of the server's making.
pub struct CreateUser {
    pub users: Arc<dyn UserRepo>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

/// The account as it is asked for.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    pub username: String,
    pub email: String,
    pub display_name: Option<String>,
    pub roles: Vec<String>,
}

#[derive(Debug)]
pub struct CreatedUser {
    pub user: User,
    /// A UUIDv4, which exists in clear text only here.
    pub password: Password,
}

#[derive(Debug, Error)]
pub enum CreateUserError {
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    #[error("the username is taken")]
    UsernameTaken,
    #[error("the e-mail address is taken")]
    EmailTaken,
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Storage(StorageError),
}

impl CreateUser {
    pub async fn run(
        &self,
        by: &Initiator,
        account: &NewAccount,
    ) -> Result<CreatedUser, CreateUserError> {
        let mut errors = FieldErrors::default();
        let username = errors.parse("username", &account.username);
        let email = errors.parse("email", &account.email);
        let display_name = account.display_name.as_deref();
        let display_name = display_name.map(|name| errors.parse("display_name", name));
        let roles = errors.take("roles", parse_roles(&account.roles));
        let fields = (|| Some((username?, email?, roles?)))();
        let fields = errors.finish(fields).map_err(CreateUserError::Invalid)?;
        let (username, email, roles) = fields;
        let password = Password::generate(self.entropy.uuid());
        let new = NewUser {
            id: UserId::new(self.entropy.uuid()),
            username,
            email,
            display_name: display_name.flatten(),
            password_hash: self.hasher.hash(&password).await?,
            roles,
            date_registered: self.clock.now(),
        };
        let act = by.acts(new.date_registered);
        self.users.register(&new, &act).await?;
        let user = User::from(new);
        Ok(CreatedUser { user, password })
    }
}

pub(super) fn parse_roles(names: &[String]) -> Result<Roles, crate::domain::RoleError> {
    let roles: Vec<Role> = names
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_, _>>()?;
    Roles::new(roles)
}

impl From<RegisterError> for CreateUserError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::UsernameTaken => Self::UsernameTaken,
            RegisterError::EmailTaken => Self::EmailTaken,
            RegisterError::Storage(error) => Self::Storage(error),
        }
    }
}

use std::sync::Arc;

use thiserror::Error;
use zeroize::Zeroizing;

use super::{JudgeError, PasswordJudge};
use crate::{
    crypto::InviteCode,
    domain::{
        Email, NewUser, Password, PersonalWords, RegistrationMode, RequestOrigin, Roles,
        SecretDigest, UserId, Username,
    },
    ports::{
        Clock, Entropy, HashError, InviteStore, MeterError, PasswordHasher, RegisterError,
        RegisterInvitedError, StorageError, UserRepo,
    },
    usecases::{FieldError, FieldErrors, Initiator},
};

/// Opens an account with a password that its owner chose, or else with one of
/// the server's making. What is refused anyway costs no hash.
pub struct RegisterUser {
    pub mode: RegistrationMode,
    pub users: Arc<dyn UserRepo>,
    pub invites: Arc<dyn InviteStore>,
    pub judge: Arc<PasswordJudge>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

/// The account as it is asked for.
#[derive(Default)]
pub struct Registration {
    pub username: String,
    pub email: String,
    pub password: Option<Zeroizing<String>>,
    /// Of no account where invites are not asked for.
    pub invite: Option<InviteCode>,
}

#[derive(Debug)]
pub struct RegisteredUser {
    pub id: UserId,
    pub username: Username,
    /// The server's, a UUIDv4, which exists in clear text only here.
    pub generated: Option<Password>,
}

#[derive(Debug, Error)]
pub enum RegisterUserError {
    #[error("registration is closed")]
    Closed,
    #[error("an invite is needed")]
    InviteRequired,
    /// There is no such invite, or it was used, or it has expired.
    #[error("the invite cannot be used")]
    InviteUnusable,
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    #[error("the username is taken")]
    UsernameTaken,
    #[error("the e-mail address is taken")]
    EmailTaken,
    #[error(transparent)]
    Meter(MeterError),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl RegisterUser {
    pub async fn run(
        &self,
        origin: &RequestOrigin,
        registration: Registration,
    ) -> Result<RegisteredUser, RegisterUserError> {
        let invite = self.wanted_invite(registration.invite.as_ref())?;
        let fields = self.parse(
            &registration.username,
            &registration.email,
            registration.password,
        );
        let (username, email, password) = fields.map_err(RegisterUserError::Invalid)?;
        self.check_invite(invite.as_ref()).await?;
        let (password_hash, generated) = if let Some(password) = password {
            let known = PersonalWords::of(&username, &email, None);
            let chosen = self.judge.judge("password", password, &known).await?;
            (self.hasher.hash(chosen.as_password()).await?, None)
        } else {
            let password = Password::generate(self.entropy.uuid());
            (self.hasher.hash(&password).await?, Some(password))
        };
        let user = NewUser {
            id: UserId::new(self.entropy.uuid()),
            username,
            email,
            password_hash,
            date_registered: self.clock.now(),
            display_name: None,
            roles: Roles::default(),
        };
        let act = Initiator::user(user.id, origin).acts(user.date_registered);
        match &invite {
            None => self.users.register(&user, &act).await?,
            Some(code) => self.users.register_invited(&user, code, &act).await?,
        }
        Ok(RegisteredUser {
            id: user.id,
            username: user.username,
            generated,
        })
    }

    /// The invite that the account is to use up. Where everyone may register,
    /// one that is sent stays as it is: an old link stands in nobody's way.
    fn wanted_invite(
        &self,
        invite: Option<&InviteCode>,
    ) -> Result<Option<SecretDigest>, RegisterUserError> {
        match (self.mode, invite) {
            (RegistrationMode::Open, _) => Ok(None),
            (RegistrationMode::Closed, _) => Err(RegisterUserError::Closed),
            (RegistrationMode::Invite, None) => Err(RegisterUserError::InviteRequired),
            (RegistrationMode::Invite, Some(code)) => Ok(Some(code.digest())),
        }
    }

    /// Parses all fields before refusing, so that the caller learns all at once.
    fn parse(
        &self,
        username: &str,
        email: &str,
        password: Option<Zeroizing<String>>,
    ) -> Result<(Username, Email, Option<Password>), Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let username = errors.parse("username", username);
        let email = errors.parse("email", email);
        let password = password.and_then(|text| self.judge.parse(&mut errors, "password", text));
        errors.finish((|| Some((username?, email?, password)))())
    }

    /// Whether the invite can be used now; that it still can is decided when
    /// the account is made.
    async fn check_invite(&self, invite: Option<&SecretDigest>) -> Result<(), RegisterUserError> {
        let Some(code) = invite else {
            return Ok(());
        };
        let now = self.clock.now();
        match self.invites.find_by_code(code).await? {
            Some(invite) if invite.is_usable(now) => Ok(()),
            _ => Err(RegisterUserError::InviteUnusable),
        }
    }
}

impl From<JudgeError> for RegisterUserError {
    fn from(error: JudgeError) -> Self {
        match error {
            JudgeError::Invalid(errors) => Self::Invalid(errors),
            JudgeError::Meter(error) => Self::Meter(error),
        }
    }
}

impl From<RegisterError> for RegisterUserError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::UsernameTaken => Self::UsernameTaken,
            RegisterError::EmailTaken => Self::EmailTaken,
            RegisterError::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<RegisterInvitedError> for RegisterUserError {
    fn from(error: RegisterInvitedError) -> Self {
        match error {
            RegisterInvitedError::InviteUnusable => Self::InviteUnusable,
            RegisterInvitedError::Register(error) => error.into(),
        }
    }
}

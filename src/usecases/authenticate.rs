use std::{sync::Arc, time::Duration};

use thiserror::Error;

use super::{
    AccountGuard, FieldError, Grant, GuardError, IssuedLogin, TokenIssuer, keys::NoSigningKey,
};
use crate::{
    crypto::SigningFailed,
    domain::{
        AccountStatus, AttemptResult, AuthFailure, AuthSuccess, Password, PasswordHash,
        RequestOrigin, Session, SessionId, User,
    },
    ports::{
        AuthLog, Clock, Entropy, HashError, LoginRecord, PasswordHasher, StorageError, UserRepo,
    },
};

/// Checks a username and password and begins a session.
///
/// An unknown user, a wrong password and a disabled account get the same
/// answer after the same work: one verification and one row in the auth log,
/// which alone tells them apart.
pub struct Authenticate {
    pub guard: AccountGuard,
    pub users: Arc<dyn UserRepo>,
    pub auth_log: Arc<dyn AuthLog>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub issuer: Arc<TokenIssuer>,
}

#[derive(Debug, Error)]
pub enum AuthenticateError {
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    #[error("invalid credentials")]
    InvalidCredentials,
    #[error("too many failures at this name")]
    Throttled { retry_after: Duration },
    #[error("failures cannot be counted")]
    Uncounted { retry_after: Duration },
    /// It was right, and replaced before the login was recorded, more than once.
    #[error("the password keeps changing")]
    PasswordChanging,
    #[error("the signing key {0}")]
    NoSigningKey(#[from] NoSigningKey),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Signing(#[from] SigningFailed),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Authenticate {
    pub async fn run(
        &self,
        origin: &RequestOrigin,
        username: &str,
        password: String,
    ) -> Result<IssuedLogin, AuthenticateError> {
        let password = Password::new(password)
            .map_err(|e| AuthenticateError::Invalid(vec![FieldError::new("password", e)]))?;
        // Nobody waits for a hash that cannot end in a token.
        self.issuer.keys()?;
        // What cannot be a username is treated as one that nobody has.
        let user = match username.parse() {
            Ok(username) => self.users.find_by_username(&username).await?,
            Err(_) => None,
        };
        let id = user.as_ref().map(|user| user.id);
        let attempt = self.guard.begin(origin, username, id).await?;
        let result = self.attempt(origin, user, &password).await;
        attempt
            .end(match result {
                Ok(_) => AttemptResult::Succeeded,
                Err(AuthenticateError::InvalidCredentials) => AttemptResult::Failed,
                Err(_) => AttemptResult::Abandoned,
            })
            .await;
        result
    }

    async fn attempt(
        &self,
        origin: &RequestOrigin,
        mut user: Option<User>,
        password: &Password,
    ) -> Result<IssuedLogin, AuthenticateError> {
        // A hash that was replaced meanwhile is verified once more: it may be
        // one of the same password, by another login's rehash.
        for _ in 0..2 {
            let identified = match self.identify(user, password).await? {
                Ok(user) => user,
                Err(failure) => return self.refuse(origin, failure).await,
            };
            if let Some(issued) = self.grant(origin, &identified, password).await? {
                return Ok(issued);
            }
            user = self.users.find(identified.id).await?;
        }
        Err(AuthenticateError::PasswordChanging)
    }

    /// Finds out whether it is this user's password, with exactly one
    /// verification whatever the answer.
    async fn identify(
        &self,
        user: Option<User>,
        password: &Password,
    ) -> Result<Result<User, AuthFailure>, AuthenticateError> {
        let hash = match &user {
            Some(user) => &user.password_hash,
            None => self.hasher.decoy(),
        };
        let matches = self.hasher.verify(password, hash).await?;
        Ok(match user {
            None => Err(AuthFailure::UnknownUser),
            Some(user) if !matches => Err(AuthFailure::WrongPassword(user.id)),
            Some(user) if user.status == AccountStatus::Disabled => {
                Err(AuthFailure::Disabled(user.id))
            }
            Some(user) => Ok(user),
        })
    }

    /// The tokens are made before the login is recorded, and handed out after:
    /// what fails in between leaves neither a row nor a session. `None` when
    /// the password was changed meanwhile.
    async fn grant(
        &self,
        origin: &RequestOrigin,
        user: &User,
        password: &Password,
    ) -> Result<Option<IssuedLogin>, AuthenticateError> {
        let rehash = self.rehash(user, password).await?;
        // Hashes wait in a queue: the keys may have changed, or grown too old.
        let keys = self.issuer.keys()?;
        let now = self.clock.now();
        let refresh_key = keys.refresh.signing(now).ok_or(NoSigningKey::Missing)?;
        let session = Session::begin(
            SessionId::new(self.entropy.uuid()),
            user.id,
            now,
            origin,
            refresh_key.id(),
            self.issuer.terms,
        );
        let issued = (self.issuer).for_session(&keys, refresh_key, user, &session, now)?;
        let success = AuthSuccess {
            session,
            kid: keys.active.kid().clone(),
            jti: issued.access.jti,
            verified: user.password_hash.clone(),
            rehash,
        };
        match self.auth_log.record_success(now, origin, &success).await? {
            LoginRecord::Recorded => {
                self.issuer.issued.add(Grant::Password);
                Ok(Some(issued))
            }
            LoginRecord::PasswordChanged => Ok(None),
            LoginRecord::AccountNotActive => {
                let failure = AuthFailure::Disabled(user.id);
                self.refuse(origin, failure).await.map(Some)
            }
        }
    }

    async fn refuse(
        &self,
        origin: &RequestOrigin,
        failure: AuthFailure,
    ) -> Result<IssuedLogin, AuthenticateError> {
        self.auth_log
            .record_failure(self.clock.now(), origin, failure)
            .await?;
        Err(AuthenticateError::InvalidCredentials)
    }

    /// A hash with the current parameters, where the stored one has others. A
    /// busy hasher is no reason to refuse a right password: the next login
    /// tries again.
    async fn rehash(
        &self,
        user: &User,
        password: &Password,
    ) -> Result<Option<PasswordHash>, AuthenticateError> {
        if !self.hasher.is_outdated(&user.password_hash) {
            return Ok(None);
        }
        match self.hasher.hash(password).await {
            Ok(hash) => Ok(Some(hash)),
            Err(HashError::Busy { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl From<GuardError> for AuthenticateError {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Throttled { retry_after } => Self::Throttled { retry_after },
            GuardError::Unavailable { retry_after } => Self::Uncounted { retry_after },
            GuardError::Storage(error) => Self::Storage(error),
        }
    }
}

use std::{fmt, sync::Arc, time::Duration};

use thiserror::Error;

use super::{
    FieldError,
    keys::{KeyRing, LoadedKeys, NoSigningKey},
};
use crate::{
    crypto::SigningFailed,
    domain::{
        AccessTokenPolicy, AccountStatus, AuthFailure, AuthSuccess, Claims, Password, Rehash,
        RequestOrigin, TokenId, User,
    },
    ports::{
        AuthLog, Clock, Entropy, HashError, LoginRecord, PasswordHasher, StorageError, UserRepo,
    },
};

/// Checks a username and password and issues an access token.
///
/// An unknown user, a wrong password and a disabled account get the same
/// answer after the same work: one verification and one row in the auth log,
/// which alone tells them apart.
pub struct Authenticate {
    pub users: Arc<dyn UserRepo>,
    pub auth_log: Arc<dyn AuthLog>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub ring: Arc<KeyRing>,
    pub policy: AccessTokenPolicy,
}

pub struct IssuedToken {
    pub access_token: String,
    pub expires_in: Duration,
}

#[derive(Debug, Error)]
pub enum AuthenticateError {
    #[error("invalid fields")]
    Invalid(Vec<FieldError>),
    #[error("invalid credentials")]
    InvalidCredentials,
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
    ) -> Result<IssuedToken, AuthenticateError> {
        let password = Password::new(password)
            .map_err(|e| AuthenticateError::Invalid(vec![FieldError::new("password", e)]))?;
        let keys = self.ring.signing(self.clock.monotonic())?;
        match self.identify(username, &password).await? {
            Ok(user) => self.grant(origin, &user, &password, &keys).await,
            Err(failure) => self.refuse(origin, failure).await,
        }
    }

    /// Finds out whose username and password these are, with exactly one
    /// verification whatever the answer.
    async fn identify(
        &self,
        username: &str,
        password: &Password,
    ) -> Result<Result<User, AuthFailure>, AuthenticateError> {
        // What cannot be a username is treated as one that nobody has.
        let user = match username.parse() {
            Ok(username) => self.users.find_by_username(&username).await?,
            Err(_) => None,
        };
        let hash = match &user {
            Some(user) => &user.password_hash,
            None => self.hasher.decoy(),
        };
        let matches = self.hasher.verify(password, hash).await?;
        Ok(match user {
            None => Err(AuthFailure::UnknownUser),
            Some(user) if user.status == AccountStatus::Disabled => {
                Err(AuthFailure::Disabled(user.id))
            }
            Some(user) if !matches => Err(AuthFailure::WrongPassword(user.id)),
            Some(user) => Ok(user),
        })
    }

    /// The token is signed before the login is recorded, and handed out after:
    /// what fails in between leaves neither a row nor a token.
    async fn grant(
        &self,
        origin: &RequestOrigin,
        user: &User,
        password: &Password,
        keys: &LoadedKeys,
    ) -> Result<IssuedToken, AuthenticateError> {
        let rehash = self.rehash(user, password).await?;
        let now = self.clock.now();
        let jti = TokenId::new(self.entropy.uuid());
        let claims = Claims::for_login(user, &self.policy, jti, now);
        let access_token = keys.active.sign(&claims)?;
        let success = AuthSuccess {
            user: user.id,
            kid: keys.active.kid().clone(),
            jti,
            rehash,
        };
        match self.auth_log.record_success(now, origin, &success).await? {
            LoginRecord::Recorded => Ok(IssuedToken {
                access_token,
                expires_in: self.policy.lifetime,
            }),
            LoginRecord::AccountNotActive => {
                self.refuse(origin, AuthFailure::Disabled(user.id)).await
            }
        }
    }

    async fn refuse(
        &self,
        origin: &RequestOrigin,
        failure: AuthFailure,
    ) -> Result<IssuedToken, AuthenticateError> {
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
    ) -> Result<Option<Rehash>, AuthenticateError> {
        if !self.hasher.is_outdated(&user.password_hash) {
            return Ok(None);
        }
        match self.hasher.hash(password).await {
            Ok(to) => Ok(Some(Rehash {
                from: user.password_hash.clone(),
                to,
            })),
            Err(HashError::Busy { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuedToken([redacted], {:?})", self.expires_in)
    }
}

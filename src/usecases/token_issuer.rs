use std::{fmt, sync::Arc, time::Duration};

use super::{
    IssuedTokens,
    keys::{KeyRing, NoSigningKey, SigningKeys},
};
use crate::{
    crypto::{
        SigningFailed,
        refresh_token::{RefreshKey, RefreshToken},
    },
    domain::{
        AccessTokenPolicy, Claims, Client, Scopes, Session, SessionTerms, Timestamp, TokenId, User,
    },
    ports::{Clock, Entropy},
};

/// Makes tokens with the keys of one moment.
pub struct TokenIssuer {
    pub ring: Arc<KeyRing>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub policy: AccessTokenPolicy,
    pub terms: SessionTerms,
    /// Counted by whoever hands them out.
    pub issued: IssuedTokens,
}

/// An access token in clear text, which exists only here and at its holder's.
pub struct IssuedToken {
    pub access_token: String,
    pub jti: TokenId,
    pub expires_in: Duration,
}

/// What keeps a user logged in.
pub struct IssuedLogin {
    pub access: IssuedToken,
    pub refresh_token: RefreshToken,
    /// For how long the session goes on without being refreshed.
    pub refresh_expires_in: Duration,
}

impl TokenIssuer {
    /// The keys to sign with now.
    pub fn keys(&self) -> Result<SigningKeys, NoSigningKey> {
        self.ring.signing(self.clock.monotonic())
    }

    /// The tokens of a session whose current refresh token `refresh_key` makes.
    pub fn for_session(
        &self,
        keys: &SigningKeys,
        refresh_key: &RefreshKey,
        user: &User,
        session: &Session,
        now: Timestamp,
    ) -> Result<IssuedLogin, SigningFailed> {
        let jti = self.new_id();
        let claims = Claims::for_session(user, session, &self.policy, jti, now);
        let refresh_expires_in = (session.expires_at - now).to_std().unwrap_or_default();
        Ok(IssuedLogin {
            access: sign(keys, &claims, jti)?,
            refresh_token: refresh_key.issue(session.id, session.generation),
            refresh_expires_in,
        })
    }

    pub fn for_client(
        &self,
        keys: &SigningKeys,
        client: &Client,
        scopes: &Scopes,
    ) -> Result<IssuedToken, SigningFailed> {
        let jti = self.new_id();
        let claims = Claims::for_client(client, scopes, &self.policy, jti, self.clock.now());
        sign(keys, &claims, jti)
    }

    fn new_id(&self) -> TokenId {
        TokenId::new(self.entropy.uuid())
    }
}

fn sign(keys: &SigningKeys, claims: &Claims, jti: TokenId) -> Result<IssuedToken, SigningFailed> {
    Ok(IssuedToken {
        access_token: keys.active.sign(claims)?,
        jti,
        expires_in: claims.lifetime(),
    })
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuedToken([redacted], {:?})", self.expires_in)
    }
}

impl fmt::Debug for IssuedLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuedLogin({:?})", self.access)
    }
}

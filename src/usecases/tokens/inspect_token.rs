use std::sync::Arc;

use thiserror::Error;

use super::super::keys::KeyRing;
use crate::{
    crypto::access_token::{self, TokenRefused},
    domain::{AccessTokenPolicy, Claims, ClientId, SessionId, TokenId},
    ports::Clock,
};

/// Tells what an access token says, without asking the store: whether it was
/// revoked is for others to find out.
pub struct InspectToken {
    pub ring: Arc<KeyRing>,
    pub clock: Arc<dyn Clock>,
    pub policy: AccessTokenPolicy,
}

/// A token that this server issued and that has not expired.
#[derive(Clone, Debug)]
pub struct AuthenticToken {
    pub claims: Claims,
    pub holder: TokenHolder,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenHolder {
    Session(SessionId),
    Client(ClientId, TokenId),
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidToken {
    #[error(transparent)]
    Refused(#[from] TokenRefused),
    #[error("the token is of another issuer")]
    Issuer,
    #[error("the token is for another audience")]
    Audience,
    #[error("the token has expired")]
    Expired,
    #[error("the token's session is over")]
    SessionOver,
}

impl InspectToken {
    pub fn run(&self, token: &str) -> Result<AuthenticToken, InvalidToken> {
        let keys = self.ring.published();
        let keys = keys.as_deref();
        let claims = access_token::verify(token, |kid| keys?.verifying(kid))?;
        if claims.iss != self.policy.issuer {
            return Err(InvalidToken::Issuer);
        }
        if claims.is_expired(self.clock.now()) {
            return Err(InvalidToken::Expired);
        }
        let holder = holder(&claims).ok_or(TokenRefused::Claims)?;
        Ok(AuthenticToken { claims, holder })
    }

    /// Whether the token may be used at this server itself.
    pub fn is_for_this_server(&self, claims: &Claims) -> bool {
        let mut audiences = claims.aud.iter();
        audiences.any(|audience| self.policy.audience.iter().any(|own| own == audience))
    }
}

fn holder(claims: &Claims) -> Option<TokenHolder> {
    if let Some(login) = &claims.login {
        return login.sid.parse().ok().map(TokenHolder::Session);
    }
    // A client's token is about the client itself.
    let client = claims.client_id.parse().ok()?;
    let jti = claims.jti.parse().ok()?;
    (claims.sub == claims.client_id).then_some(TokenHolder::Client(client, jti))
}

use std::sync::Arc;

use thiserror::Error;

use super::super::{Grant, IssuedToken, TokenIssuer, keys::NoSigningKey};
use crate::{
    crypto::SigningFailed,
    domain::{Client, Scopes},
};

/// Gives a service client a token for itself (RFC 6749 §4.4).
#[derive(Clone)]
pub struct IssueClientToken {
    pub issuer: Arc<TokenIssuer>,
}

#[derive(Debug)]
pub struct ClientToken {
    pub token: IssuedToken,
    pub scopes: Scopes,
}

#[derive(Debug, Error)]
pub enum IssueClientTokenError {
    #[error("the client may not have this scope")]
    InvalidScope,
    #[error("the signing key {0}")]
    NoSigningKey(#[from] NoSigningKey),
    #[error(transparent)]
    Signing(#[from] SigningFailed),
}

impl IssueClientToken {
    /// `scope`: what the client asks for, by default all that it may have.
    pub fn run(
        &self,
        client: &Client,
        scope: Option<&str>,
    ) -> Result<ClientToken, IssueClientTokenError> {
        let scopes = match scope {
            None => client.scopes.clone(),
            Some(scope) => scope
                .parse::<Scopes>()
                .ok()
                .filter(|scopes| scopes.is_subset(&client.scopes))
                .ok_or(IssueClientTokenError::InvalidScope)?,
        };
        let keys = self.issuer.keys()?;
        let token = self.issuer.for_client(&keys, client, &scopes)?;
        self.issuer.issued.add(Grant::ClientCredentials);
        Ok(ClientToken { token, scopes })
    }
}

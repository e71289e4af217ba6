use std::sync::Arc;

use thiserror::Error;

use crate::{
    crypto::ClientSecret,
    domain::{AuthFailure, Client, RequestOrigin, SecretDigest},
    ports::{AuthLog, ClientStore, Clock, StorageError},
};

/// Checks a service client's id and secret. A failure leaves a row in the auth log.
pub struct AuthenticateClient {
    pub clients: Arc<dyn ClientStore>,
    pub auth_log: Arc<dyn AuthLog>,
    pub clock: Arc<dyn Clock>,
}

/// What a client says that it is.
#[derive(Clone, Debug)]
pub enum ClientCredentials {
    /// Of a client that has an id, and a secret unless it left that out.
    Of {
        id: String,
        secret: Option<ClientSecret>,
    },
    /// Nothing that can be read.
    Unreadable,
}

impl ClientCredentials {
    pub fn new(id: String, secret: ClientSecret) -> Self {
        let secret = Some(secret);
        Self::Of { id, secret }
    }

    pub fn without_secret(id: String) -> Self {
        Self::Of { id, secret: None }
    }

    /// Whether they claim this id.
    pub fn is_for(&self, client: &str) -> bool {
        matches!(self, Self::Of { id, .. } if id == client)
    }
}

#[derive(Debug, Error)]
pub enum AuthenticateClientError {
    #[error("the client's id or secret is missing or wrong")]
    Invalid,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Stands in for the secret of a client that does not exist.
const DECOY: SecretDigest = SecretDigest([0; 32]);

impl AuthenticateClient {
    pub async fn run(
        &self,
        origin: &RequestOrigin,
        credentials: &ClientCredentials,
    ) -> Result<Client, AuthenticateClientError> {
        let (id, secret) = match credentials {
            ClientCredentials::Of { id, secret } => (id.parse().ok(), secret.as_ref()),
            ClientCredentials::Unreadable => (None, None),
        };
        // What cannot be an id is treated as one that nobody has.
        let client = match id {
            Some(id) => self.clients.find(&id).await?,
            None => None,
        };
        let stored = client.as_ref().map_or(DECOY, |client| client.secret);
        let matches = secret.is_some_and(|secret| secret.matches(&stored));
        let failure = match client {
            Some(client) if matches => return Ok(client),
            Some(client) => AuthFailure::WrongClientSecret(client.id),
            None => AuthFailure::UnknownClient,
        };
        self.auth_log
            .record_failure(self.clock.now(), origin, failure)
            .await?;
        Err(AuthenticateClientError::Invalid)
    }
}

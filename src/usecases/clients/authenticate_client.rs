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
pub struct ClientCredentials {
    pub id: String,
    pub secret: ClientSecret,
}

#[derive(Debug, Error)]
pub enum AuthenticateClientError {
    #[error("the client's id or secret is wrong")]
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
        // What cannot be an id is treated as one that nobody has.
        let client = match credentials.id.parse() {
            Ok(id) => self.clients.find(&id).await?,
            Err(_) => None,
        };
        let stored = client.as_ref().map_or(DECOY, |client| client.secret);
        let matches = credentials.secret.matches(&stored);
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

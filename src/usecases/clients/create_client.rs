use std::sync::Arc;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    crypto::ClientSecret,
    domain::{Audience, Client, ClientIdError, ClientName, Scopes},
    ports::{ClientStore, Clock, CreateClientError, Entropy, StorageError},
    usecases::Initiator,
};

/// Makes a service client.
pub struct CreateClient {
    pub clients: Arc<dyn ClientStore>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

#[derive(Clone, Debug)]
pub struct NewClient {
    pub name: ClientName,
    pub scopes: Scopes,
    /// Empty: the server's own audience.
    pub audience: Vec<String>,
}

#[derive(Debug)]
pub struct CreatedClient {
    pub client: Client,
    /// It exists in clear text only here.
    pub secret: ClientSecret,
}

/// A token must not outgrow what services accept in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be at most 8 texts of 1 to 256 bytes")]
pub struct AudienceError;

impl NewClient {
    /// Absent or empty: the server's own audience.
    pub fn audience(audience: Option<Vec<String>>) -> Result<Vec<String>, AudienceError> {
        let audience = audience.unwrap_or_default();
        let fits = |text: &String| (1..=256).contains(&text.len());
        let fit = audience.len() <= 8 && audience.iter().all(fits);
        fit.then_some(audience).ok_or(AudienceError)
    }
}

impl CreateClient {
    pub async fn run(
        &self,
        by: &Initiator,
        new: NewClient,
    ) -> Result<CreatedClient, CreateClientError> {
        let mut random = Zeroizing::new([0; 32]);
        self.entropy.fill(random.as_mut_slice());
        let secret = ClientSecret::from_random(&random);
        let id = self.entropy.uuid().to_string();
        let client = Client {
            id: (id.parse()).map_err(|e: ClientIdError| StorageError::unavailable(e))?,
            name: new.name,
            secret: secret.digest(),
            scopes: new.scopes,
            audience: (!new.audience.is_empty()).then(|| Audience::from(new.audience)),
            created_at: self.clock.now(),
        };
        let act = by.acts(client.created_at);
        self.clients.create(&client, &act).await?;
        Ok(CreatedClient { client, secret })
    }
}

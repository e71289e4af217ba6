use std::sync::Arc;

use zeroize::Zeroizing;

use crate::{
    crypto::ClientSecret,
    domain::{Audience, Client, ClientIdError, ClientName, Scopes},
    ports::{ClientStore, Clock, CreateClientError, Entropy, StorageError},
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

impl CreateClient {
    pub async fn run(&self, new: NewClient) -> Result<CreatedClient, CreateClientError> {
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
        self.clients.create(&client).await?;
        Ok(CreatedClient { client, secret })
    }
}

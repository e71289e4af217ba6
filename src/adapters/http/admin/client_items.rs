//! Service clients as requests describe them and answers show them.

use chrono::{DateTime, Utc};
use poem_openapi::{Object, types::Example};

use crate::{
    adapters::http::{
        examples::{CLIENT_ID, earlier},
        json_body::{Fields, FromFields},
        nullable::Nullable,
        problem::Problem,
    },
    crypto::ClientSecret,
    domain::{Client, ClientId, Scopes, ScopesError},
    usecases::{FieldErrors, clients::NewClient},
};

/// A new service client.
#[derive(Object)]
#[oai(example)]
pub(super) struct CreateClientRequest {
    /// What people call it: 1 to 64 ASCII letters, digits and `. _ -`; unique whatever its case.
    #[oai(validator(min_length = 1, max_length = 64))]
    name: String,
    /// What it may ask for.
    #[oai(nullable)]
    scopes: Option<Vec<String>>,
    /// Whom its tokens are for: at most 8 texts of 1 to 256 bytes. By default
    /// the server's own audience.
    #[oai(nullable, validator(max_items = 8), skip_serializing_if_is_none)]
    audience: Option<Vec<String>>,
}

/// The service client that was made.
#[derive(Object)]
#[oai(rename = "CreatedServiceClient", example)]
pub(super) struct CreatedClientItem {
    /// Its id, the `sub` and `client_id` of its tokens.
    client_id: String,
    /// Its secret. It is shown this once and cannot be read again.
    client_secret: String,
}

/// A service client.
#[derive(Object)]
#[oai(rename = "ServiceClient", example)]
pub(super) struct ClientItem {
    /// Its id, the `sub` and `client_id` of its tokens.
    client_id: String,
    /// What people call it.
    name: String,
    /// What it may ask for.
    scopes: Vec<String>,
    /// Whom its tokens are for; null is the server's own audience.
    audience: Nullable<Vec<String>>,
    /// When it was made.
    created: DateTime<Utc>,
}

impl CreateClientRequest {
    pub(super) fn parse(self) -> Result<NewClient, Problem> {
        let mut errors = FieldErrors::default();
        let name = errors.parse("name", &self.name);
        // A scope that holds a space would be two.
        let scopes = self.scopes.unwrap_or_default();
        let scopes = if scopes
            .iter()
            .any(|scope| scope.is_empty() || scope.contains(' '))
        {
            Err(ScopesError)
        } else {
            scopes.join(" ").parse::<Scopes>()
        };
        let scopes = errors.take("scopes", scopes);
        let audience = errors.take("audience", NewClient::audience(self.audience));
        let new = (|| {
            Some(NewClient {
                name: name?,
                scopes: scopes?,
                audience: audience?,
            })
        })();
        errors.finish(new).map_err(Problem::invalid_fields)
    }
}

impl CreatedClientItem {
    pub(super) fn new(id: &ClientId, secret: &ClientSecret) -> Self {
        Self {
            client_id: id.to_string(),
            client_secret: secret.expose().to_owned(),
        }
    }
}

impl FromFields for CreateClientRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = fields.text("name");
        let scopes = fields.optional_texts("scopes");
        let audience = fields.optional_texts("audience");
        Some(Self {
            name: name?,
            scopes,
            audience,
        })
    }
}

impl Example for CreateClientRequest {
    fn example() -> Self {
        Self {
            name: "billing".to_owned(),
            scopes: Some(vec!["invoices:read".to_owned()]),
            audience: None,
        }
    }
}

impl From<Client> for ClientItem {
    fn from(client: Client) -> Self {
        let audience = client.audience.as_ref();
        Self {
            client_id: client.id.to_string(),
            name: client.name.to_string(),
            scopes: client.scopes.iter().map(str::to_owned).collect(),
            audience: audience
                .map(|all| all.iter().map(str::to_owned).collect())
                .into(),
            created: client.created_at,
        }
    }
}

impl Example for CreatedClientItem {
    fn example() -> Self {
        Self {
            client_id: CLIENT_ID.to_owned(),
            client_secret: "czAIcfRMFo58lJ3ix1DmDCybuP9TABfFomcjTpy0244".to_owned(),
        }
    }
}

impl Example for ClientItem {
    fn example() -> Self {
        Self {
            client_id: CLIENT_ID.to_owned(),
            name: "billing".to_owned(),
            scopes: vec!["invoices:read".to_owned()],
            audience: None.into(),
            created: earlier(),
        }
    }
}

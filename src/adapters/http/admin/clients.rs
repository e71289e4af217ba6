use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    types::Example,
};

use super::{AdminUseCases, ItemRefusals, ListRefusals};
use crate::{
    adapters::http::{
        Tag,
        answers::{Created, Done, Read},
        bearer::{ADMINS_ONLY, Admin, UNAUTHORIZED},
        detached::run_to_end,
        json_body::{Fields, FromFields, JsonBody},
        page::{self, PageOf},
        problem::Problem,
        refusal::{
            BAD_REQUEST, INTERNAL_ERROR, PAYLOAD_TOO_LARGE, REQUEST_TIMEOUT, Refusal, Refusals,
            UNAVAILABLE, UNSUPPORTED_MEDIA_TYPE,
        },
    },
    domain::{Client, RequestOrigin, Scopes},
    usecases::{
        FieldErrors,
        clients::{CreatedClient, NewClient},
    },
};

pub(in crate::adapters::http) struct ClientsApi(pub(super) Arc<AdminUseCases>);

/// A new service client.
#[derive(Object)]
#[oai(example)]
struct CreateClientRequest {
    /// What people call it: 1 to 64 ASCII letters, digits and `. _ -`; unique whatever its case.
    #[oai(validator(min_length = 1, max_length = 64))]
    name: String,
    /// What it may ask for.
    scopes: Option<Vec<String>>,
    /// Whom its tokens are for: at most 8 texts of 1 to 256 bytes. By default
    /// the server's own audience.
    #[oai(validator(max_items = 8))]
    audience: Option<Vec<String>>,
}

/// The service client that was made.
#[derive(Object)]
#[oai(rename = "CreatedClient")]
struct CreatedClientItem {
    /// Its id, the `sub` and `client_id` of its tokens.
    client_id: String,
    /// Its secret. It is shown this once and cannot be read again.
    client_secret: String,
}

/// A service client.
#[derive(Object)]
#[oai(rename = "Client")]
struct ClientItem {
    /// Its id, the `sub` and `client_id` of its tokens.
    client_id: String,
    /// What people call it.
    name: String,
    /// What it may ask for.
    scopes: Vec<String>,
    /// Whom its tokens are for; null is the server's own audience.
    audience: Option<Vec<String>>,
    /// When it was made.
    created: DateTime<Utc>,
}

struct CreateClientRefusals;

impl Refusals for CreateClientRefusals {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD_REQUEST,
        UNAUTHORIZED,
        ADMINS_ONLY,
        (409, "`name_taken`"),
        REQUEST_TIMEOUT,
        PAYLOAD_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

#[OpenApi(prefix_path = "/admin/clients", tag = "Tag::Administration")]
impl ClientsApi {
    /// List service clients
    ///
    /// The latest made first.
    #[oai(path = "/", method = "get", operation_id = "listClients")]
    async fn list(
        &self,
        _admin: Admin,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<ClientItem>>, Refusal<ListRefusals>> {
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let found = self.0.list_clients.run(&page).await?;
        Ok(Read::new(PageOf::new(found, ClientItem::from)))
    }

    /// Make a service client
    #[oai(path = "/", method = "post", operation_id = "createClient")]
    async fn create(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        body: JsonBody<CreateClientRequest>,
    ) -> Result<Created<CreatedClientItem>, Refusal<CreateClientRefusals>> {
        let new = body.0.parse()?;
        let by = admin.initiator(&origin);
        let create_client = self.0.create_client.clone();
        let CreatedClient { client, secret } =
            run_to_end(async move { create_client.run(&by, new).await }).await?;
        Ok(Created::new(CreatedClientItem {
            client_id: client.id.to_string(),
            client_secret: secret.expose().to_owned(),
        }))
    }

    /// Delete a service client
    ///
    /// It gets no more tokens, and those that it has are not active any more.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteClient")]
    async fn delete(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        /// The client's id.
        id: Path<String>,
    ) -> Result<Done, Refusal<ItemRefusals>> {
        let none = || Problem::not_found("there is no such client");
        let id = id.parse().map_err(|_| none())?;
        let by = admin.initiator(&origin);
        let delete_client = self.0.delete_client.clone();
        let deleted = run_to_end(async move { delete_client.run(&by, &id).await }).await?;
        if deleted {
            Ok(Done::Done)
        } else {
            Err(none().into())
        }
    }
}

impl CreateClientRequest {
    fn parse(self) -> Result<NewClient, Problem> {
        let mut errors = FieldErrors::default();
        let name = errors.parse("name", &self.name);
        // A scope that holds a space would be two.
        let scopes = self.scopes.unwrap_or_default();
        let scopes = if scopes
            .iter()
            .any(|scope| scope.is_empty() || scope.contains(' '))
        {
            Err(crate::domain::ScopesError)
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
            audience: audience.map(|all| all.iter().map(str::to_owned).collect()),
            created: client.created_at,
        }
    }
}

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};

use super::{
    AdminUseCases, ItemRefusals, ListRefusals,
    client_items::{ClientItem, CreateClientRequest, CreatedClientItem},
};
use crate::{
    adapters::http::{
        Tag,
        answers::{Created, Done, Read},
        bearer::{ADMINS_ONLY, Admin, UNAUTHORIZED},
        detached::run_to_end,
        json_body::JsonBody,
        page::{self, PageOf},
        problem::Problem,
        refusal::{
            BAD_REQUEST, Documented, INTERNAL_ERROR, REQUEST_TIMEOUT, Refusal, Refusals,
            UNAVAILABLE, UNSUPPORTED_MEDIA_TYPE,
        },
    },
    domain::RequestOrigin,
    usecases::clients::CreatedClient,
};

pub(in crate::adapters::http) struct ClientsApi(pub(super) Arc<AdminUseCases>);

struct CreateClientRefusals;

impl Refusals for CreateClientRefusals {
    const LIST: &'static [Documented] = &[
        BAD_REQUEST,
        UNAUTHORIZED,
        ADMINS_ONLY,
        (409, &["name_taken"], "`name_taken`: another client has it"),
        REQUEST_TIMEOUT,
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
    ///
    /// The server makes its secret, and shows it this once.
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
        Ok(Created::new(CreatedClientItem::new(&client.id, &secret)))
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

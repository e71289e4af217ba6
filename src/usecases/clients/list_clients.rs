use std::sync::Arc;

use crate::{
    domain::{Client, ClientId, Page, PageRequest, PageSize},
    ports::{ClientStore, StorageError},
};

pub struct ListClients {
    pub clients: Arc<dyn ClientStore>,
}

impl ListClients {
    /// The latest made first.
    pub async fn run(
        &self,
        page: &PageRequest<ClientId>,
    ) -> Result<Page<Client, ClientId>, StorageError> {
        self.clients.list(page).await
    }

    /// All of them, in the order of their names.
    pub async fn all(&self) -> Result<Vec<Client>, StorageError> {
        let mut all = Vec::new();
        let mut page = PageRequest {
            size: PageSize::MAX,
            after: None,
        };
        loop {
            let part = self.clients.list(&page).await?;
            all.extend(part.items);
            page.after = part.next;
            if page.after.is_none() {
                all.sort_by_key(|client| client.name.folded());
                return Ok(all);
            }
        }
    }
}

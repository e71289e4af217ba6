use std::sync::Arc;

use crate::{
    domain::{Page, PageRequest, User, UserFilter, UserId},
    ports::{StorageError, UserRepo},
};

pub struct ListUsers {
    pub users: Arc<dyn UserRepo>,
}

impl ListUsers {
    /// The latest registered first.
    pub async fn run(
        &self,
        filter: &UserFilter,
        page: &PageRequest<UserId>,
    ) -> Result<Page<User, UserId>, StorageError> {
        self.users.list(filter, page).await
    }
}

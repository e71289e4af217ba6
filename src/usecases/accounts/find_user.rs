use std::sync::Arc;

use crate::{
    domain::{User, UserId},
    ports::{StorageError, UserRepo},
};

pub struct FindUser {
    pub users: Arc<dyn UserRepo>,
}

impl FindUser {
    pub async fn run(&self, id: UserId) -> Result<Option<User>, StorageError> {
        self.users.find(id).await
    }

    /// By its id, or by its username in any case.
    pub async fn by_name(&self, name: &str) -> Result<Option<User>, StorageError> {
        if let Ok(id) = name.parse()
            && let Some(user) = self.users.find(id).await?
        {
            return Ok(Some(user));
        }
        match name.parse() {
            Ok(username) => self.users.find_by_username(&username).await,
            // What cannot be a username is nobody's.
            Err(_) => Ok(None),
        }
    }
}

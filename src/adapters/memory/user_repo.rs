use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{AccountStatus, NewUser, User, Username},
    ports::{RegisterError, StorageError, UserRepo},
};

#[async_trait]
impl UserRepo for MemoryStore {
    async fn register(&self, user: &NewUser) -> Result<(), RegisterError> {
        let mut tables = self.tables();
        let username = user.username.folded();
        if tables.users.iter().any(|u| u.username.folded() == username) {
            return Err(RegisterError::UsernameTaken);
        }
        let email = user.email.folded();
        if tables.users.iter().any(|u| u.email.folded() == email) {
            return Err(RegisterError::EmailTaken);
        }
        tables.users.push(User {
            id: user.id,
            username: user.username.clone(),
            email: user.email.clone(),
            password_hash: user.password_hash.clone(),
            status: AccountStatus::Active,
            date_registered: user.date_registered,
            last_login: None,
        });
        Ok(())
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError> {
        let folded = username.folded();
        let tables = self.tables();
        Ok(tables
            .users
            .iter()
            .find(|user| user.username.folded() == folded)
            .cloned())
    }
}

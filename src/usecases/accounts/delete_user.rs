use std::sync::Arc;

use crate::{
    domain::UserId,
    ports::{Clock, DeleteUserError, UserRepo},
    usecases::Initiator,
};

/// Deletes an account with its sessions.
pub struct DeleteUser {
    pub users: Arc<dyn UserRepo>,
    pub clock: Arc<dyn Clock>,
}

impl DeleteUser {
    pub async fn run(&self, by: &Initiator, id: UserId) -> Result<(), DeleteUserError> {
        let act = by.acts(self.clock.now());
        self.users.delete(id, None, &act).await
    }
}

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
        self.users.delete(id, &by.acts(self.clock.now())).await
    }
}

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{AccountStatus, AuthEvent, AuthFailure, AuthSuccess, RequestOrigin, Timestamp},
    ports::{AuthLog, LoginRecord, StorageError},
};

#[async_trait]
impl AuthLog for MemoryStore {
    async fn record_failure(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        failure: AuthFailure,
    ) -> Result<(), StorageError> {
        let event = AuthEvent::failure(at, origin, &failure);
        self.tables().auth_log.add(event);
        Ok(())
    }

    async fn record_success(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        success: &AuthSuccess,
    ) -> Result<LoginRecord, StorageError> {
        let mut tables = self.tables();
        let user = tables.user_mut(success.session.user);
        let Some(user) = user.filter(|user| user.status == AccountStatus::Active) else {
            return Ok(LoginRecord::AccountNotActive);
        };
        if user.password_hash != success.verified {
            return Ok(LoginRecord::PasswordChanged);
        }
        user.last_login = user.last_login.max(Some(at));
        if let Some(rehash) = &success.rehash {
            user.password_hash = rehash.clone();
        }
        tables.add_session(success.session.clone());
        tables.note_network(success.session.user, origin.address.network(), at);
        let event = AuthEvent::success(at, origin, success);
        tables.auth_log.add(event);
        Ok(LoginRecord::Recorded)
    }
}

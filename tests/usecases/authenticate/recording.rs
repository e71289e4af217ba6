//! An attempt and its row in the auth log.

use std::sync::Arc;

use async_trait::async_trait;
use signet::{
    adapters::memory::MemoryStore,
    domain::{AccountStatus, AuthFailure, AuthSuccess, Outcome, RequestOrigin, Timestamp},
    ports::{AuthLog, LoginRecord, StorageError},
    usecases::AuthenticateError,
};

use super::{fixture, is_invalid_credentials};

/// Disables the account between the check of the password and the login's record.
struct DisablingLog(Arc<MemoryStore>);

#[async_trait]
impl AuthLog for DisablingLog {
    async fn record_failure(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        failure: AuthFailure,
    ) -> Result<(), StorageError> {
        self.0.record_failure(at, origin, failure).await
    }

    async fn record_success(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        success: &AuthSuccess,
    ) -> Result<LoginRecord, StorageError> {
        self.0
            .set_status(success.session.user, AccountStatus::Disabled);
        self.0.record_success(at, origin, success).await
    }
}

#[tokio::test]
async fn an_account_disabled_while_it_logs_in_gets_no_token() {
    let mut f = fixture().await;
    f.authenticate.auth_log = Arc::new(DisablingLog(f.store.clone()));
    assert!(is_invalid_credentials(&f.log_in("ada", &f.password).await));
    assert_eq!(f.outcomes(), [Outcome::Disabled]);
}

/// A log whose store is gone.
struct DeadLog;

#[async_trait]
impl AuthLog for DeadLog {
    async fn record_failure(
        &self,
        _: Timestamp,
        _: &RequestOrigin,
        _: AuthFailure,
    ) -> Result<(), StorageError> {
        Err(StorageError::unavailable("gone"))
    }

    async fn record_success(
        &self,
        _: Timestamp,
        _: &RequestOrigin,
        _: &AuthSuccess,
    ) -> Result<LoginRecord, StorageError> {
        Err(StorageError::unavailable("gone"))
    }
}

#[tokio::test]
async fn an_attempt_that_cannot_be_recorded_is_not_answered_with_its_outcome() {
    let mut f = fixture().await;
    f.authenticate.auth_log = Arc::new(DeadLog);
    for password in [f.password.as_str(), "wrong"] {
        let error = f.log_in("ada", password).await.unwrap_err();
        assert!(matches!(error, AuthenticateError::Storage(_)), "{error}");
    }
}

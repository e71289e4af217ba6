//! Clients that hang up before they are answered.

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::StatusCode;
use signet::{
    domain::{AuthFailure, AuthSuccess, RequestOrigin, Timestamp},
    ports::{AuthLog, LoginRecord, StorageError},
};
use tokio::sync::Semaphore;

use super::ENDPOINTS;
use crate::support::app::TestApp;

/// Records a failure when it is told to.
struct GatedLog {
    inner: Arc<dyn AuthLog>,
    entered: Semaphore,
    gate: Semaphore,
}

#[async_trait]
impl AuthLog for GatedLog {
    async fn record_failure(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        failure: AuthFailure,
    ) -> Result<(), StorageError> {
        self.entered.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
        self.inner.record_failure(at, origin, failure).await
    }

    async fn record_success(
        &self,
        at: Timestamp,
        origin: &RequestOrigin,
        success: &AuthSuccess,
    ) -> Result<LoginRecord, StorageError> {
        self.inner.record_success(at, origin, success).await
    }
}

/// A server whose log waits, and that log.
async fn start() -> (TestApp, Arc<GatedLog>) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let adapted = TestApp::builder().adapt(move |ports| {
        let log = Arc::new(GatedLog {
            inner: ports.auth_log.clone(),
            entered: Semaphore::new(0),
            gate: Semaphore::new(0),
        });
        ports.auth_log = log.clone();
        sender.send(log).unwrap();
    });
    (adapted.start().await, receiver.recv().unwrap())
}

#[tokio::test]
async fn a_failed_client_authentication_is_logged_though_the_client_leaves() {
    let (app, log) = start().await;
    for (count, (path, form)) in ENDPOINTS.into_iter().enumerate() {
        let request = app
            .client
            .post(app.url(path))
            .basic_auth("nobody", Some("x"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let client = tokio::spawn(request.body(form).send());
        log.entered.acquire().await.unwrap().forget();
        client.abort();
        assert!(client.await.unwrap_err().is_cancelled());
        // The server answers others while it holds that request.
        let live = app.get("/health/live").send().await.unwrap();
        assert_eq!(live.status(), StatusCode::OK);
        log.gate.add_permits(1);
        let rows = "SELECT outcome FROM auth_logs";
        while app.database.rows(rows).await.len() == count {
            tokio::task::yield_now().await;
        }
    }
    let rows = app.database.rows("SELECT outcome FROM auth_logs").await;
    assert_eq!(rows, [["unknown_client"]; 3]);
}

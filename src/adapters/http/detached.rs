use std::{future::Future, panic::resume_unwind};

use tracing::Instrument;

use crate::adapters::waiting;

/// Runs a use case to its end, even when the client goes away meanwhile and
/// the handler is dropped with its connection: what was begun is recorded.
pub(super) async fn run_to_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    match tokio::spawn(waiting::taken_along(work.in_current_span())).await {
        Ok(output) => output,
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        // The runtime is shutting down, and this task with it.
        Err(_) => std::future::pending().await,
    }
}

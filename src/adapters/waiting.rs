//! How long a request has waited for servers beside the database. It is kept with
//! the request's task, so that several questions share one bound.

use std::{cell::Cell, future::Future, time::Duration};

tokio::task_local! {
    static WAITED: Cell<Duration>;
}

/// Runs a request, which has not waited yet.
pub fn from_now<F: Future>(request: F) -> impl Future<Output = F::Output> {
    WAITED.scope(Cell::new(Duration::ZERO), request)
}

/// Takes what was waited along to another task.
pub fn taken_along<F: Future>(work: F) -> impl Future<Output = F::Output> {
    WAITED.scope(Cell::new(so_far()), work)
}

/// Zero outside of a request.
pub fn so_far() -> Duration {
    WAITED.try_with(Cell::get).unwrap_or_default()
}

/// The request waited for so long just now.
pub fn add(time: Duration) {
    // Outside of a request nobody asks for it.
    let _ = WAITED.try_with(|waited| waited.set(waited.get().saturating_add(time)));
}

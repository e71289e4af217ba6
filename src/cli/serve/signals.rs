//! What ends a server.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::adapters::http::Drain;

/// SIGTERM or SIGINT.
pub(super) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Resolves with the next one.
    pub(super) async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The first signal lets requests finish, the second one does not: then nothing is
/// worth waiting for any more.
pub(super) async fn obey(mut signals: StopSignals, drain: Drain) {
    signals.received().await;
    drain.begin();
    // Whoever reads this finds it so.
    tracing::info!("stopping");
    signals.received().await;
    tracing::warn!("stopping at once");
    drain.cut();
}

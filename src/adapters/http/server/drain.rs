//! How a server comes to its end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Notify, futures::Notified};

/// How long the parts of a stop take.
#[derive(Clone, Copy, Debug)]
pub struct DrainTimings {
    /// How long new connections are still served: load balancers need time to
    /// notice that the server is not ready any more.
    pub delay: Duration,
    /// How long accepted requests may take to finish after that.
    pub timeout: Duration,
}

/// Steps forward only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Serving,
    /// Answers close their connections, and new ones are still taken.
    Leaving,
    /// What was accepted is answered, and nothing else.
    Closing,
    /// Nothing is waited for.
    Cut,
}

/// Tells a server to stop, and others that it was told, or takes nobody in.
#[derive(Clone, Default)]
pub struct Drain(Arc<State>);

#[derive(Default)]
struct State {
    stage: AtomicU8,
    changed: Notify,
    /// No connection can be had: file descriptors or memory are used up.
    is_starved: AtomicBool,
}

impl Drain {
    /// Lets the server finish what it has accepted, and then end.
    pub fn begin(&self) {
        self.advance(Stage::Leaving);
    }

    /// Ends the server at once.
    pub fn cut(&self) {
        self.advance(Stage::Cut);
    }

    pub(in super::super) fn has_begun(&self) -> bool {
        self.stage() > Stage::Serving
    }

    pub(super) fn takes_in(&self, can: bool) {
        self.0.is_starved.store(!can, Ordering::Relaxed);
    }

    pub(in super::super) fn is_starved(&self) -> bool {
        self.0.is_starved.load(Ordering::Relaxed)
    }

    pub(super) fn stage(&self) -> Stage {
        match self.0.stage.load(Ordering::Acquire) {
            0 => Stage::Serving,
            1 => Stage::Leaving,
            2 => Stage::Closing,
            _ => Stage::Cut,
        }
    }

    pub(super) fn advance(&self, to: Stage) {
        self.0.stage.fetch_max(to as u8, Ordering::AcqRel);
        self.0.changed.notify_waiters();
    }

    /// Resolves when the stage has changed since this was called.
    pub(super) fn changed(&self) -> Notified<'_> {
        self.0.changed.notified()
    }

    pub(super) async fn reached(&self, stage: Stage) {
        loop {
            let changed = self.changed();
            if self.stage() >= stage {
                return;
            }
            changed.await;
        }
    }
}

//! Waiting for a deadline and for the server's stop, without asking the runtime
//! for either at every request: both are polled by one task, whose waker stays
//! the same.

use std::{pin::Pin, task::Context};

use tokio::{
    sync::futures::Notified,
    time::{Instant, Sleep},
};

use super::drain::{Drain, Stage};

/// A timer that is moved on only when it has run out, or would be too late.
pub(super) struct LazyTimer<'a> {
    sleep: Pin<&'a mut Sleep>,
    is_set: bool,
}

impl<'a> LazyTimer<'a> {
    pub(super) fn new(sleep: Pin<&'a mut Sleep>) -> Self {
        let is_set = false;
        Self { sleep, is_set }
    }

    /// Whether the deadline has passed; otherwise the task is woken at the latest
    /// then.
    pub(super) fn has_passed(&mut self, deadline: Instant, cx: &mut Context<'_>) -> bool {
        loop {
            if self.sleep.is_elapsed() || deadline < self.sleep.deadline() {
                self.sleep.as_mut().reset(deadline);
                self.is_set = false;
            }
            if self.is_set {
                return false;
            }
            self.is_set = true;
            if self.sleep.as_mut().poll(cx).is_pending() {
                return false;
            }
            if self.sleep.deadline() >= deadline {
                return true;
            }
        }
    }
}

/// Tells in which stage the server is, and wakes the task when that changes.
pub(super) struct StageWatch<'a, 'd> {
    drain: &'d Drain,
    change: Pin<&'a mut Notified<'d>>,
    seen: Option<Stage>,
}

impl<'a, 'd> StageWatch<'a, 'd> {
    /// `change`: any of this drain.
    pub(super) fn new(drain: &'d Drain, change: Pin<&'a mut Notified<'d>>) -> Self {
        Self {
            drain,
            change,
            seen: None,
        }
    }

    pub(super) fn stage(&mut self, cx: &mut Context<'_>) -> Stage {
        loop {
            let stage = self.drain.stage();
            if self.seen == Some(stage) {
                return stage;
            }
            self.change.set(self.drain.changed());
            let stage = self.drain.stage();
            if self.change.as_mut().poll(cx).is_pending() {
                self.seen = Some(stage);
                return stage;
            }
        }
    }
}

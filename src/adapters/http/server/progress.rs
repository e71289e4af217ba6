//! How far a connection is. Its stream, its requests and its deadlines are seen
//! by parts that do not know of each other; all of them run in one task.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

use super::bounds::ConnectionBounds;
use crate::adapters::system::timer_now;

/// How long a client may go on with what nobody reads any more.
const LINGERS: Duration = Duration::from_secs(2);

pub(super) struct Progress {
    begun: Instant,
    /// Not a byte has come.
    is_silent: AtomicBool,
    /// A request's head has come, and its answer has not been handed over whole.
    is_busy: AtomicBool,
    /// When the first byte came of a request whose head is not there yet.
    request: Moment,
    /// When the last answer had been handed over.
    answered: Moment,
    /// Since then hyper was asked whether it keeps a part of the next head.
    was_looked_into: AtomicBool,
    /// Since when the client has taken in nothing.
    stalled: Moment,
    /// The client may still be sending what nobody reads: the body of a request that
    /// was answered without it.
    has_left_a_body: AtomicBool,
    /// When the server said its last word to such a client.
    lingering: Moment,
    /// At a stop: bytes lie in the socket that the connection was not told of.
    has_unread: AtomicBool,
    /// At a stop: the client was let in, and has not sent a byte of its request yet.
    is_promised: AtomicBool,
}

/// Microseconds since the connection's beginning, and one; 0 for never.
#[derive(Default)]
struct Moment(AtomicU64);

impl Moment {
    fn get(&self) -> Option<Duration> {
        let moment = self.0.load(Ordering::Relaxed).checked_sub(1)?;
        Some(Duration::from_micros(moment))
    }

    fn set(&self, since: Duration) {
        let micros = u64::try_from(since.as_micros()).unwrap_or(u64::MAX - 1);
        self.0.store(micros + 1, Ordering::Relaxed);
    }

    fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl Progress {
    /// Of a connection that begins now, and whose first request is awaited.
    pub(super) fn new() -> Self {
        let request = Moment::default();
        request.set(Duration::ZERO);
        Self {
            begun: timer_now(),
            is_silent: AtomicBool::new(true),
            is_busy: AtomicBool::new(false),
            request,
            answered: Moment::default(),
            was_looked_into: AtomicBool::new(false),
            stalled: Moment::default(),
            has_left_a_body: AtomicBool::new(false),
            lingering: Moment::default(),
            has_unread: AtomicBool::new(false),
            is_promised: AtomicBool::new(false),
        }
    }

    pub(super) fn has_read(&self) {
        self.is_silent.store(false, Ordering::Relaxed);
        // What comes while a request is worked on belongs to its body, or waits.
        if !self.is_busy() && self.request.get().is_none() {
            self.request.set(self.begun.elapsed());
        }
    }

    /// Returns when the request began.
    pub(super) fn head_is_complete(&self) -> Instant {
        let request = self.request.get().unwrap_or_else(|| self.begun.elapsed());
        self.request.clear();
        self.has_left_a_body.store(false, Ordering::Relaxed);
        self.is_promised.store(false, Ordering::Relaxed);
        self.is_busy.store(true, Ordering::Relaxed);
        self.begun + request
    }

    pub(super) fn has_answered(&self) {
        self.is_busy.store(false, Ordering::Relaxed);
        self.was_looked_into.store(false, Ordering::Relaxed);
        self.answered.set(self.begun.elapsed());
    }

    pub(super) fn cannot_write(&self) {
        if !self.is_stalled() {
            self.stalled.set(self.begun.elapsed());
        }
    }

    pub(super) fn has_written(&self) {
        self.stalled.clear();
    }

    pub(super) fn is_stalled(&self) -> bool {
        self.stalled.get().is_some()
    }

    pub(super) fn leaves_a_body(&self) {
        self.has_left_a_body.store(true, Ordering::Relaxed);
    }

    /// Whether, as the server closes the connection, more may be on its way: the
    /// rest of a body, or of a head that was refused.
    pub(super) fn is_being_sent_more(&self) -> bool {
        let is_in_a_head = self.request.get().is_some() && !self.is_silent();
        is_in_a_head || self.has_left_a_body.load(Ordering::Relaxed)
    }

    pub(super) fn lingers(&self) {
        self.lingering.set(self.begun.elapsed());
    }

    pub(super) fn has_unread(&self, unread: bool) {
        self.has_unread.store(unread, Ordering::Relaxed);
    }

    /// Whether the client has said nothing at all.
    pub(super) fn is_silent(&self) -> bool {
        self.is_silent.load(Ordering::Relaxed) && !self.has_unread.load(Ordering::Relaxed)
    }

    /// The stop waits for the first request, as long as its head may take.
    pub(super) fn promise(&self) {
        self.is_promised.store(true, Ordering::Relaxed);
    }

    /// Whether a request is on its way whose head is not there yet. On a connection
    /// that had none before, hyper sees to that, unless nothing was read at all.
    pub(super) fn awaits_a_head(&self) -> bool {
        let is_in_a_later_head = self.request.get().is_some() && self.answered.get().is_some();
        let is_in_sight = self.has_unread.load(Ordering::Relaxed);
        let is_promised = self.is_promised.load(Ordering::Relaxed);
        !self.is_busy() && (is_in_a_later_head || is_in_sight || is_promised)
    }

    /// When the client is given up, if it does nothing until then.
    pub(super) fn deadline(&self, bounds: &ConnectionBounds) -> Option<Instant> {
        let (since, patience) = if let Some(lingering) = self.lingering.get() {
            (lingering, LINGERS)
        } else if let Some(stalled) = self.stalled.get() {
            (stalled, bounds.write_timeout)
        } else if self.is_busy() {
            return None;
        } else if let Some(request) = self.request.get() {
            (request, bounds.request_head_timeout)
        } else {
            let answered = self.answered.get()?;
            let patience = if self.was_looked_into.load(Ordering::Relaxed) {
                bounds.keep_alive_timeout
            } else {
                bounds.keep_alive_timeout.min(bounds.request_head_timeout)
            };
            (answered, patience)
        };
        Some(self.begun + since + patience)
    }

    /// Whether the deadline that has passed is that of a head which came behind the
    /// last request, in the same packet perhaps, and which hyper alone can tell of.
    /// It has none after that.
    pub(super) fn is_to_be_looked_into(&self, bounds: &ConnectionBounds) -> bool {
        let is_idle = self.lingering.get().is_none()
            && !self.is_stalled()
            && !self.is_busy()
            && self.request.get().is_none();
        is_idle
            && bounds.request_head_timeout < bounds.keep_alive_timeout
            && !self.was_looked_into.swap(true, Ordering::Relaxed)
    }

    fn is_busy(&self) -> bool {
        self.is_busy.load(Ordering::Relaxed)
    }
}

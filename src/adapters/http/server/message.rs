//! Bodies of requests, which have a deadline, and of answers, which tell when
//! they are handed over.

use std::{
    error::Error,
    fmt, io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::progress::Progress;

/// Why a body could not be read: the rest of it did not come in time.
#[derive(Debug)]
pub(in super::super) struct LateBody;

impl fmt::Display for LateBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request's body did not come in time")
    }
}

impl Error for LateBody {}

impl LateBody {
    pub(in super::super) fn is_behind(error: &io::Error) -> bool {
        error
            .get_ref()
            .is_some_and(<dyn Error + Send + Sync>::is::<Self>)
    }
}

/// The body of a request.
pub(super) struct TimedBody {
    incoming: Incoming,
    has_ended: bool,
    progress: Arc<Progress>,
    deadline: Instant,
    /// Most bodies come with their heads, and never wait.
    timer: Option<Pin<Box<Sleep>>>,
}

impl TimedBody {
    pub(super) fn new(incoming: Incoming, deadline: Instant, progress: Arc<Progress>) -> Self {
        Self {
            incoming,
            has_ended: false,
            progress,
            deadline,
            timer: None,
        }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) {
            self.has_ended = frame.is_none();
            return Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)));
        }
        let deadline = self.deadline;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        let late = timer.as_mut().poll(cx);
        late.map(|()| Some(Err(io::Error::new(io::ErrorKind::TimedOut, LateBody))))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        if !self.has_ended && !self.incoming.is_end_stream() {
            self.progress.leaves_a_body();
        }
    }
}

/// A request that is being answered.
pub(super) struct InFlight(pub(super) Arc<Progress>);

/// The body of an answer.
pub(super) struct AnswerBody {
    pub(super) body: BoxBody<Bytes, io::Error>,
    /// Until hyper drops the body, having all of it.
    pub(super) _request: InFlight,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.has_answered();
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

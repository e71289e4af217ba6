//! One line for every request. It names the route and not the path, so that
//! nothing which a client wrote stands in it but a request id and a trace id of
//! the allowed forms.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body_util::{BodyExt, combinators::BoxBody};
use hyper::body::{Body, Frame, SizeHint};
use poem::Body as Answer;

use super::traceparent::TraceId;
use crate::{
    domain::{ClientAddress, MonotonicTime, RequestId},
    ports::Clock,
};

/// Logs itself when nothing of the answer is left to send.
pub(super) struct Line {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) begun: MonotonicTime,
    pub(super) client: ClientAddress,
    pub(super) request_id: RequestId,
    pub(super) trace_id: Option<TraceId>,
    pub(super) method: &'static str,
    pub(super) route: Arc<str>,
    /// `None` where the client went away before there was an answer.
    pub(super) status: Option<u16>,
    pub(super) bytes: u64,
}

impl Drop for Line {
    fn drop(&mut self) {
        let took = self.clock.monotonic().since(self.begun);
        tracing::info!(
            target: "signet::access",
            parent: None,
            client = %self.client,
            method = self.method,
            route = &*self.route,
            status = self.status,
            seconds = took.as_secs_f64(),
            bytes = self.bytes,
            request_id = self.request_id.as_str(),
            trace_id = self.trace_id.as_ref().map(TraceId::as_str),
            "request"
        );
    }
}

/// A body that counts what is sent of it.
pub(super) struct Counted {
    body: BoxBody<Bytes, io::Error>,
    line: Line,
}

impl Counted {
    pub(super) fn of(body: Answer, line: Line) -> BoxBody<Bytes, io::Error> {
        let body = body.into();
        Self { body, line }.boxed()
    }
}

impl Body for Counted {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let data = frame.data_ref().map_or(0, Bytes::len);
            self.line.bytes += u64::try_from(data).unwrap_or(u64::MAX);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

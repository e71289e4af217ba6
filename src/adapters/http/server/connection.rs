//! One connection, from its first byte to its last.

use std::{
    convert::Infallible,
    future::poll_fn,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::{
    Request, Response,
    body::{Body as _, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use poem::{
    Addr, Body, Endpoint, RequestParts,
    endpoint::BoxEndpoint,
    http::{HeaderValue, header, uri::Scheme},
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use super::{
    bounds::ConnectionBounds,
    drain::{Drain, Stage},
    message::{AnswerBody, InFlight, TimedBody},
    progress::Progress,
    stream::WatchedStream,
    timers::{LazyTimer, StageWatch},
};

/// The largest head of a request, and what is read of a body or kept of an
/// answer at once, in bytes.
const BUFFER: usize = 64 * 1024;

/// What all connections of a server have in common.
pub(super) struct Shared {
    pub(super) endpoint: BoxEndpoint<'static, poem::Response>,
    pub(super) bounds: ConnectionBounds,
    pub(super) drain: Drain,
    pub(super) http: http1::Builder,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) local_addr: LocalAddr,
}

/// HTTP/1.1 as it is spoken here. Its own timer would be made anew for every
/// request, and counts idle time as the head's.
pub(super) fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.header_read_timeout(None).max_buf_size(BUFFER);
    http
}

pub(super) async fn run(shared: &Shared, socket: TcpStream, peer: SocketAddr) {
    let progress = Arc::new(Progress::new());
    let stream = WatchedStream::new(socket, progress.clone(), shared.drain.clone());
    let connection = Connection {
        shared,
        progress,
        peer: RemoteAddr(Addr::SocketAddr(peer)),
        scheme: match shared.tls {
            Some(_) => Scheme::HTTPS,
            None => Scheme::HTTP,
        },
    };
    match &shared.tls {
        // Boxed: without TLS no connection needs the room.
        Some(tls) => Box::pin(connection.serve_tls(tls, stream)).await,
        None => connection.serve(stream).await,
    }
}

struct Connection<'a> {
    shared: &'a Shared,
    progress: Arc<Progress>,
    peer: RemoteAddr,
    scheme: Scheme,
}

impl Connection<'_> {
    async fn serve_tls(&self, tls: &TlsAcceptor, stream: WatchedStream) {
        let Shared { bounds, drain, .. } = self.shared;
        let mut handshake = pin!(timeout(bounds.request_head_timeout, tls.accept(stream)));
        let change = pin!(drain.changed());
        let mut stage = StageWatch::new(drain, change);
        let shaken = poll_fn(|cx| {
            let stage = stage.stage(cx);
            if let Poll::Ready(shaken) = handshake.as_mut().poll(cx) {
                return Poll::Ready(Some(shaken));
            }
            // One that has begun is finished: a request comes behind it.
            let is_idle = stage == Stage::Closing && self.progress.is_silent();
            if is_idle || stage == Stage::Cut {
                return Poll::Ready(None);
            }
            Poll::Pending
        });
        let Some(shaken) = shaken.await else {
            return;
        };
        match shaken {
            Ok(Ok(stream)) => {
                // In a packet of its own.
                if drain.stage() >= Stage::Closing {
                    self.progress.promise();
                }
                self.serve(stream).await;
            }
            Ok(Err(error)) => tracing::debug!(client = %self.peer, %error, "no TLS handshake"),
            Err(_) => tracing::debug!(client = %self.peer, "no TLS handshake in time"),
        }
    }

    /// Serves one request after the other, until the client leaves or is given
    /// up, or the server stops.
    async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let Shared { bounds, drain, .. } = self.shared;
        let service = service_fn(|request| self.answer(request));
        let serve = |io, service| self.shared.http.serve_connection(io, service);
        let mut http = serve(TokioIo::new(stream), service);
        let sleep = pin!(sleep(bounds.request_head_timeout));
        let mut timer = LazyTimer::new(sleep);
        let change = pin!(drain.changed());
        let mut stage = StageWatch::new(drain, change);
        loop {
            let mut is_closing = false;
            let is_late = poll_fn(|cx| {
                loop {
                    // In this order: what the client has sent by now is read after the
                    // server was told to stop, and not left unread.
                    let stage = stage.stage(cx);
                    if Pin::new(&mut http).poll(cx).is_ready() || stage == Stage::Cut {
                        return Poll::Ready(false);
                    }
                    let closes = stage == Stage::Closing && !self.progress.awaits_a_head();
                    if is_closing || !closes {
                        break;
                    }
                    is_closing = true;
                    Pin::new(&mut http).graceful_shutdown();
                }
                match self.progress.deadline(bounds) {
                    Some(deadline) if timer.has_passed(deadline, cx) => Poll::Ready(true),
                    _ => Poll::Pending,
                }
            });
            if !is_late.await || !self.progress.is_to_be_looked_into(bounds) {
                return;
            }
            let parts = http.into_parts();
            if !parts.read_buf.is_empty() {
                return;
            }
            http = serve(parts.io, parts.service);
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<AnswerBody>, Infallible> {
        let began = self.progress.head_is_complete();
        let in_flight = InFlight(self.progress.clone());
        let (parts, incoming) = request.into_parts();
        let body = if incoming.is_end_stream() {
            Body::empty()
        } else {
            let deadline = began + self.shared.bounds.request_timeout;
            let body = TimedBody::new(incoming, deadline, self.progress.clone());
            Body::from(BoxBody::new(body))
        };
        let (local, peer) = (self.shared.local_addr.clone(), self.peer.clone());
        let parts = RequestParts::from((parts, local, peer, self.scheme.clone()));
        let request = poem::Request::from_parts(parts, body);
        let answer = self.shared.endpoint.get_response(request).await;
        let mut answer: Response<BoxBody<Bytes, io::Error>> = answer.into();
        if self.shared.drain.has_begun() {
            let headers = answer.headers_mut();
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(answer.map(|body| AnswerBody {
            body,
            _request: in_flight,
        }))
    }
}

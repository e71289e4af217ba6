//! A listener of its own, for scrapes only.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    task::JoinHandle,
    time::timeout,
};

use super::{
    Metrics,
    content::{Content, Format},
};
use crate::adapters::{
    accepting::{Seldom, accept},
    security_headers::STRICTEST,
};

/// How many scrapes there may be at once; further ones wait to be accepted.
const MOST_CONNECTIONS: usize = 8;
/// How long one may take, from its connection to its end.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long scrapes that have begun may take once the server stops.
const DRAIN: Duration = Duration::from_secs(1);

type Page = Response<Full<Bytes>>;

/// Answers scrapes until it is stopped.
pub struct MetricsServer {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl MetricsServer {
    /// Must be called within a Tokio runtime.
    pub fn start(listener: TcpListener, metrics: Metrics) -> Self {
        if let Ok(address) = listener.local_addr() {
            tell(address);
        }
        let (stop, stopped) = oneshot::channel();
        let content = Arc::new(metrics.into_content());
        let task = tokio::spawn(serve(listener, content, stopped));
        Self { stop, task }
    }

    /// Accepts no more, and waits a moment for what has begun.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        // An error is a panic, which is logged already.
        let _ = self.task.await;
    }
}

fn tell(address: SocketAddr) {
    tracing::info!(%address, "metrics at /metrics");
    if !address.ip().is_loopback() {
        tracing::warn!(
            %address,
            "whoever reaches this address reads the metrics: it wants a firewall or a private network"
        );
    }
}

async fn serve(listener: TcpListener, content: Arc<Content>, mut stopped: oneshot::Receiver<()>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut troubles = Seldom::default();
    let accepting = async {
        loop {
            let Ok(place) = places.clone().acquire_owned().await else {
                return;
            };
            let (stream, _) = accept(&listener, &mut troubles, "scrapes", |_| {}).await;
            tokio::spawn(answer(stream, content.clone(), place));
        }
    };
    tokio::select! {
        () = accepting => {}
        _ = &mut stopped => {}
    }
    drop(listener);
    let all = u32::try_from(MOST_CONNECTIONS).unwrap_or(u32::MAX);
    // Whoever is not done by then is cut off.
    let _ = timeout(DRAIN, places.acquire_many(all)).await;
}

/// One request; the next one is for another connection, so that none holds a
/// place for longer.
async fn answer(stream: TcpStream, content: Arc<Content>, place: OwnedSemaphorePermit) {
    let service = service_fn(|request| {
        let mut page = page(&request, &content);
        for (name, value) in STRICTEST {
            page.headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        async move { Ok::<_, Infallible>(page) }
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // Whoever went away, or was too slow, is told nothing.
    let _ = timeout(PATIENCE, connection).await;
    drop(place);
}

fn page(request: &Request<Incoming>, content: &Content) -> Page {
    if request.uri().path() != "/metrics" {
        return refusal(StatusCode::NOT_FOUND);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut page = refusal(StatusCode::METHOD_NOT_ALLOWED);
        let allowed = HeaderValue::from_static("GET, HEAD");
        page.headers_mut().insert(ALLOW, allowed);
        return page;
    }
    // Several lines of one header are one list (RFC 9110 §5.3).
    let lines = request.headers().get_all(ACCEPT).iter();
    let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
    let format = Format::preferred(&lines.join(","));
    match content.render(format) {
        Ok(text) => {
            let mut page = Response::new(Full::from(text));
            let kind = HeaderValue::from_static(format.content_type());
            page.headers_mut().insert(CONTENT_TYPE, kind);
            page
        }
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn refusal(status: StatusCode) -> Page {
    let mut page = Response::new(Full::default());
    *page.status_mut() = status;
    page
}

//! An export whose reader takes its time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use signet::{
    domain::{
        AuthEvent, AuthEventFilter, AuthEventId, AuthFailure, AuthSummary, Page, PageRequest,
        Position, RequestOrigin, SummaryInterval, Timestamp, UserAgent,
    },
    ports::{AuthEvents, StorageError, SummarizeEventsError},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::support::{app::TestApp, auth_log::seconds, fixtures::an_origin, site::Site};

/// More, of some 60 KB each, than the buffers between a server and a client hold.
const PARTS: i64 = 400;

/// A log that counts which of its parts were asked for.
#[derive(Default)]
struct Counted {
    asked: AtomicI64,
}

#[async_trait]
impl AuthEvents for Counted {
    async fn list(
        &self,
        _: &AuthEventFilter,
        page: &PageRequest<AuthEventId>,
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, StorageError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let origin = RequestOrigin {
            user_agent: Some(UserAgent::new(&"x".repeat(UserAgent::MAX_LENGTH))),
            ..an_origin()
        };
        let event = AuthEvent::failure(seconds(0), &origin, &AuthFailure::UnknownUser);
        let id = page.after.as_ref().map_or(PARTS, |after| after.id - 1);
        Ok(Page {
            items: vec![(id, event); page.size.get()],
            next: (id > 1).then(|| Position { at: seconds(0), id }),
        })
    }

    async fn summarize(
        &self,
        interval: &SummaryInterval,
        _: u64,
    ) -> Result<AuthSummary, SummarizeEventsError> {
        Ok(AuthSummary::new(interval, [], Vec::new(), Vec::new()))
    }

    async fn purge(&self, _: Timestamp, _: u32) -> Result<u64, StorageError> {
        Ok(0)
    }
}

/// A connection that takes in little, on which an export was asked for.
async fn ask(site: &Site) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(site.app.address).await.unwrap();
    let request = format!(
        "GET /admin/auth-events/export HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         authorization: Bearer {}\r\n\r\n",
        site.admin.access
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn no_more_of_the_log_is_read_than_its_reader_takes() {
    let log = Arc::new(Counted::default());
    let events = log.clone();
    let builder = TestApp::builder().adapt(move |ports| ports.auth_events = events);
    let site = Site::on(builder).await;
    let mut stream = ask(&site).await;
    let asked = || log.asked.load(Ordering::SeqCst);
    // Until other requests, which read the same database, find it at rest.
    let mut before = -1;
    while asked() == 0 || asked() != before {
        before = asked();
        for _ in 0..50 {
            let other = site.ask(Method::GET, "/admin/users").await;
            assert_eq!(other.status(), StatusCode::OK);
        }
    }
    assert!(before < PARTS / 2, "{before} parts were read ahead");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert_eq!(asked(), PARTS);
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert!(answer.ends_with(b"\r\n0\r\n\r\n"));
}

//! What clients may take of the server: time, connections, and its last moments.

mod bodies;
mod bounds;
mod framing;
mod limits;
mod readers;
mod requests;
mod stop;
mod tls;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use poem::{Body, EndpointExt, Route, get, handler, post, web::Data};
use signet::{
    adapters::{
        http::{
            ClientIpPolicy, ConnectionBounds, Drain, DrainTimings, HttpSettings, Paths,
            ServerSettings, TlsIdentity, layered, serve,
        },
        limiter::MokaLimiter,
        system::OsEntropy,
    },
    config::{Config, Sources},
    usecases::AdmitRequest,
};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

use crate::support::{
    clock::ManualClock,
    wire::{StillClock, Wire},
};

/// Far more than the buffers between a server and a client hold.
const LARGE: usize = 32 * 1024 * 1024;

const HELLO: &str = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
const WORK: &str = "GET /work HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// Connections as they are by default, before a few routes of these tests.
struct Server {
    address: SocketAddr,
    drain: Drain,
    work: Arc<Work>,
    clock: StillClock,
    ended: JoinHandle<std::io::Result<()>>,
}

/// What a request of `/work` tells and waits for.
#[derive(Default)]
struct Work {
    begun: Notify,
    may_end: Notify,
}

#[handler]
fn hello() -> &'static str {
    "hello"
}

#[handler]
async fn count(body: Body) -> poem::Result<String> {
    Ok(body.into_bytes_limit(LARGE).await?.len().to_string())
}

#[handler]
fn large(Data(sent): Data<&Bytes>) -> Bytes {
    sent.clone()
}

#[handler]
async fn work(tests: Data<&Arc<Work>>) -> &'static str {
    tests.begun.notify_one();
    tests.may_end.notified().await;
    "done"
}

fn defaults() -> (ConnectionBounds, DrainTimings) {
    let config = Config::load(&Sources::default(), false).unwrap();
    (config.connections, config.drain_timings)
}

impl Server {
    async fn start() -> Self {
        let (bounds, timings) = defaults();
        Self::with(bounds, timings).await
    }

    async fn bounded(adapt: impl FnOnce(&mut ConnectionBounds)) -> Self {
        let (mut bounds, timings) = defaults();
        adapt(&mut bounds);
        Self::with(bounds, timings).await
    }

    async fn with(bounds: ConnectionBounds, timings: DrainTimings) -> Self {
        Self::speaking(None, bounds, timings).await
    }

    async fn speaking(
        tls: Option<Arc<TlsIdentity>>,
        bounds: ConnectionBounds,
        timings: DrainTimings,
    ) -> Self {
        let clock = StillClock::new();
        let (work_of_tests, drain) = (Arc::new(Work::default()), Drain::default());
        let routes = Route::new()
            .at("/", get(hello))
            .at("/count", post(count))
            .at("/large", get(large))
            .at("/work", get(work))
            .data(work_of_tests.clone())
            .data(Bytes::from(vec![b'x'; LARGE]))
            .boxed();
        let limits = Config::load(&Sources::default(), false)
            .unwrap()
            .rate_limits;
        let limiter = MokaLimiter::new(1000, Arc::new(ManualClock::new()));
        let endpoint = layered(
            routes,
            Paths::default(),
            Arc::new(AdmitRequest::new(Arc::new(limiter), limits)),
            HttpSettings {
                client_ip: ClientIpPolicy::default(),
                cors_origins: Vec::new(),
                entropy: Arc::new(OsEntropy),
                clock: Arc::new(ManualClock::new()),
                access_log: false,
                meter: None,
                drain: drain.clone(),
            },
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = ServerSettings {
            bounds,
            timings,
            drain: drain.clone(),
            tls,
        };
        Self {
            address,
            drain,
            work: work_of_tests,
            clock,
            ended: tokio::spawn(serve(listener, endpoint, settings)),
        }
    }

    async fn connect(&self) -> Wire {
        Wire::connect(self.address).await
    }

    /// Asks on a connection of its own, which is served after all that were made
    /// before it.
    async fn serves(&self) {
        let mut wire = self.connect().await;
        let answer = wire.ask(HELLO).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }

    async fn pass(&self, time: Duration) {
        self.serves().await;
        self.clock.pass(time).await;
        self.serves().await;
    }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

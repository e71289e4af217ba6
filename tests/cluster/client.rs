//! Requests through the load balancer, each noted with its time and its status.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;
use signet::{adapters::system::SystemClock, domain::Timestamp, ports::Clock};

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(2);

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub what: String,
    pub sent: Timestamp,
    pub answered: Timestamp,
    /// `None`: the connection ended before an answer.
    pub status: Option<StatusCode>,
    pub retry_after: bool,
}

/// All exchanges of a test.
#[derive(Clone, Default)]
pub struct Record(Arc<Mutex<Vec<Exchange>>>);

impl Record {
    pub fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    pub fn all(&self) -> Vec<Exchange> {
        self.0.lock().unwrap().clone()
    }

    /// Goes on when so many more requests were answered with a success.
    pub async fn more(&self, successes: usize) {
        let mut seen = self.len();
        let mut left = successes;
        let counted = async {
            while left > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                let all = self.0.lock().unwrap();
                let new = all[seen..].iter().filter(|exchange| exchange.succeeded());
                left = left.saturating_sub(new.count());
                seen = all.len();
            }
        };
        tokio::time::timeout(PATIENCE, counted).await.unwrap();
    }
}

impl Exchange {
    fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status.is_success())
    }

    /// Whether some of it was between the two times.
    pub fn meets(&self, (from, to): Span) -> bool {
        self.sent <= to && self.answered >= from
    }
}

/// From when to when something was.
pub type Span = (Timestamp, Timestamp);

pub fn now() -> Timestamp {
    SystemClock::new().now()
}

/// A client with an address of its own.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    record: Record,
}

/// What a server answered.
pub struct Answer {
    pub status: StatusCode,
    pub max_age: Option<Duration>,
    pub etag: Option<String>,
    pub body: Value,
}

impl Client {
    pub fn new(base: &str, number: u8, record: &Record) -> Self {
        let address = IpAddr::V4(Ipv4Addr::new(127, 0, 0, number));
        let http = reqwest::Client::builder()
            .local_address(address)
            // The load balancer closes what is idle for longer.
            .pool_idle_timeout(Duration::from_secs(5))
            .timeout(PATIENCE)
            .build();
        Self {
            http: http.unwrap(),
            base: base.to_owned(),
            record: record.clone(),
        }
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.base))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.base))
    }

    /// `None` where it is not known whether the server did what it was asked.
    pub async fn send(&self, request: RequestBuilder) -> Option<Answer> {
        let request = request.build().unwrap();
        let what = format!("{} {}", request.method(), request.url().path());
        let sent = now();
        let response = self.http.execute(request).await;
        let status = response.as_ref().ok().map(reqwest::Response::status);
        let header = |name| response.as_ref().ok()?.headers().get(name)?.to_str().ok();
        let exchange = Exchange {
            what,
            sent,
            answered: now(),
            status,
            retry_after: header("retry-after").is_some(),
        };
        let max_age = header("cache-control").and_then(max_age);
        let etag = header("etag").map(str::to_owned);
        self.record.0.lock().unwrap().push(exchange);
        let status = status.filter(|status| !status.is_server_error())?;
        let body = response.ok()?.bytes().await.ok()?;
        Some(Answer {
            status,
            max_age,
            etag,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }

    /// The same until the answer is known.
    pub async fn insist(&self, request: impl Fn() -> RequestBuilder) -> (Answer, bool) {
        let mut again = false;
        loop {
            match self.send(request()).await {
                Some(answer) if answer.status != StatusCode::TOO_MANY_REQUESTS => {
                    return (answer, again);
                }
                Some(_) => {}
                None => again = true,
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn max_age(header: &str) -> Option<Duration> {
    let seconds = header.split("max-age=").nth(1)?;
    let digits: String = seconds.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().map(Duration::from_secs)
}

//! Three servers on one PostgreSQL and one Redis, behind a load balancer.

use std::{net::SocketAddr, process::Command, time::Duration};

use reqwest::StatusCode;
use serde_json::Value;
use signet::domain::Timestamp;
use tempfile::TempDir;

use super::client::{Span, now};
use crate::support::{
    haproxy::{HaProxy, unused_address},
    postgres::PostgresServer,
    process::{MASTER_KEY, RunningServer, signet},
    redis::RedisProcess,
};

/// How often a client may ask to log in, and in which time.
pub const QUOTA: usize = 5;
pub const WINDOW: Duration = Duration::from_secs(1);

/// It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(2);

pub struct Fleet {
    dirs: [TempDir; 3],
    addresses: [SocketAddr; 3],
    servers: [Option<RunningServer>; 3],
    /// What each server logged from its start to its end.
    pub lives: Vec<Life>,
    /// From when it is about to be started to when it listens.
    started: [Span; 3],
    /// When each server did not listen, though it was to.
    pub downs: [Vec<Span>; 3],
    ended: [Option<Timestamp>; 3],
    pub postgres: PostgresServer,
    pub redis: RedisProcess,
    pub haproxy: HaProxy,
}

/// A server from its start to its end.
pub struct Life {
    pub from: Timestamp,
    pub listening: Timestamp,
    pub to: Timestamp,
    pub log: String,
}

impl Fleet {
    /// `None` where one of the programs is missing. The load balancer runs; the
    /// servers are started one by one.
    pub fn start() -> Option<Self> {
        let addresses = [(); 3].map(|()| unused_address());
        let haproxy = HaProxy::start(addresses)?;
        let redis = RedisProcess::start()?;
        let postgres = PostgresServer::start()?;
        Some(Self {
            dirs: [(); 3].map(|()| tempfile::tempdir().unwrap()),
            addresses,
            servers: [const { None }; 3],
            lives: Vec::new(),
            started: [(now(), now()); 3],
            downs: [const { Vec::new() }; 3],
            ended: [None; 3],
            postgres,
            redis,
            haproxy,
        })
    }

    pub fn command(&self, server: usize) -> Command {
        let mut command = signet(self.dirs[server].path());
        let auth = format!("{QUOTA}/{}s", WINDOW.as_secs());
        let database = self.postgres.url("postgres");
        for (name, value) in [
            ("NOT_MY_KEY", MASTER_KEY),
            ("SIGNET_DATABASE_URL", database.as_str()),
            ("SIGNET_DATABASE_CONNECT_TIMEOUT", "1min"),
            ("SIGNET_LIMITER_URL", self.redis.url().as_str()),
            ("SIGNET_ISSUER", "https://auth.example"),
            ("SIGNET_TRUSTED_PROXIES", "127.0.0.1"),
            ("SIGNET_SIGNING_ALGORITHM", "EdDSA"),
            ("SIGNET_JWKS_MAX_AGE", "2s"),
            ("SIGNET_CLOCK_SKEW", "1s"),
            ("SIGNET_KEY_REFRESH", "1s"),
            ("SIGNET_KEY_STALENESS", "5s"),
            ("SIGNET_REFRESH_REUSE_WINDOW", "5m"),
            ("SIGNET_ARGON2_MEMORY_KIB", "7168"),
            ("SIGNET_ARGON2_ITERATIONS", "5"),
            ("SIGNET_HASH_MAX_WAIT", "1min"),
            ("SIGNET_AUTH_RATE_LIMIT", auth.as_str()),
            ("SIGNET_REGISTER_RATE_LIMIT", "off"),
            ("SIGNET_TOKEN_RATE_LIMIT", "off"),
            ("SIGNET_REVOKE_RATE_LIMIT", "off"),
            ("SIGNET_INTROSPECT_RATE_LIMIT", "off"),
        ] {
            command.env(name, value);
        }
        command
    }

    /// Goes on when it listens.
    pub fn start_server(&mut self, server: usize) {
        let from = now();
        let started =
            RunningServer::start_at(self.addresses[server], &mut self.command(server), &[]);
        self.servers[server] = Some(started);
        self.started[server] = (from, now());
        let ended = self.ended[server].take();
        self.downs[server].extend(ended.map(|ended| (ended, now())));
    }

    /// From when it is about to be killed to when it is gone.
    pub fn kill_server(&mut self, server: usize) -> Span {
        let from = now();
        self.ended[server] = Some(from);
        let log = self.servers[server].take().unwrap().kill();
        let to = now();
        self.bury(server, log);
        (from, to)
    }

    /// Ends it by SIGTERM, and tells whether it said that all is well.
    pub fn stop_server(&mut self, server: usize) -> bool {
        self.ended[server] = Some(now());
        let (status, log) = self.servers[server].take().unwrap().stop();
        self.bury(server, log);
        status.success()
    }

    fn bury(&mut self, server: usize, log: String) {
        let ((from, listening), to) = (self.started[server], now());
        self.lives.push(Life {
            from,
            listening,
            to,
            log,
        });
    }

    async fn readiness(&self, server: usize) -> (StatusCode, Value) {
        let address = self.addresses[server];
        let response = reqwest::get(format!("http://{address}/health/ready")).await;
        let response = response.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// Goes on when every server says so of itself.
    pub async fn all(&self, holds: impl Fn(StatusCode, &Value) -> bool) {
        for server in 0..3 {
            let asked = async {
                loop {
                    let (status, body) = self.readiness(server).await;
                    if holds(status, &body) {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            tokio::time::timeout(PATIENCE, asked).await.unwrap();
        }
    }

    /// Ready, counting on Redis, and given requests by the load balancer.
    pub async fn all_are_well(&self) {
        self.all(|status, body| status == StatusCode::OK && body["warnings"].is_null())
            .await;
        let given = async {
            while !self.haproxy.gives_to_all() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, given).await.unwrap();
    }

    /// Of a server, past the load balancer.
    pub fn url(&self, server: usize, path: &str) -> String {
        format!("http://{}{path}", self.addresses[server])
    }

    /// What a server answers of the key set, past the load balancer.
    pub async fn key_set_status(&self, server: usize) -> StatusCode {
        let url = self.url(server, "/.well-known/jwks.json");
        reqwest::get(url).await.unwrap().status()
    }
}

//! Every operation is called, with right and wrong secrets, and the most
//! talkative log of all crates holds none of them; nor do the metrics.

mod calls;
pub mod unwanted;

use std::{collections::BTreeSet, fs, net::SocketAddr, path::Path, process::Command};

use reqwest::Method;
use serde_json::Value;
use signet::{
    adapters::database::{Database, SqlKeyStore},
    crypto::{envelope, sealed_key},
    domain::RefreshKeyRecord,
    ports::KeyStore,
};

use self::{
    calls::{Run, use_as_admin, use_as_services, use_as_users},
    unwanted::Secrets,
};
use crate::support::{
    fixtures::master_keys,
    postgres::{self, PostgresDatabase},
    postgres_proxy::PostgresProxy,
    process::{MASTER_KEY, RunningServer, free_address, run, signet},
    redis::RedisProcess,
};

const REDIS_PASSWORD: &str = "the-pa55word-of-redis";
/// In the URL that `PostgresProxy` gives.
const DATABASE_PASSWORD: &str = "s3cret";

/// A server's settings, and where its keys are.
struct Setting<'a> {
    dir: &'a Path,
    metrics: SocketAddr,
    database: Option<String>,
    redis: Option<String>,
}

impl Setting<'_> {
    fn command(&self) -> Command {
        let mut command = signet(self.dir);
        command
            .env("NOT_MY_KEY", MASTER_KEY)
            .env("SIGNET_LOG", "trace")
            .env("SIGNET_REGISTRATION", "invite")
            .env("SIGNET_ACCESS_LOG", "on")
            .env("SIGNET_METRICS_LISTEN", self.metrics.to_string());
        if let Some(database) = &self.database {
            command.env("SIGNET_DATABASE_URL", database);
        }
        if let Some(redis) = &self.redis {
            command.env("SIGNET_LIMITER_URL", redis);
        }
        for name in [
            "AUTH",
            "REGISTER",
            "TOKEN",
            "REVOKE",
            "INTROSPECT",
            "ACCOUNT",
        ] {
            command.env(format!("SIGNET_{name}_RATE_LIMIT"), "1000/1s");
        }
        command
    }

    /// The private keys that the database holds now.
    async fn add_keys(&self, secrets: &mut Secrets) {
        let database = match &self.database {
            Some(url) => postgres::open(url).await,
            None => Database::open_sqlite(&self.dir.join("data/signet.db"))
                .await
                .unwrap(),
        };
        let set = SqlKeyStore::new(database.clone()).load().await.unwrap();
        let sealed = set
            .keys()
            .iter()
            .filter_map(|key| Some((key, key.sealed.as_ref()?)));
        let mut opened = 0;
        for (key, sealed) in sealed {
            let private = sealed_key::open(sealed, &key.record, &master_keys()).unwrap();
            secrets.add_bytes(private.pkcs8_der());
            opened += 1;
        }
        assert!(opened >= 2);
        assert!(!set.refresh_keys().is_empty());
        for key in set.refresh_keys() {
            let opened = envelope::open(&key.sealed, &bound_to(&key.record), &master_keys());
            secrets.add_bytes(&opened.unwrap());
        }
        database.close().await.unwrap();
    }
}

/// The additional data of a refresh key's envelope.
fn bound_to(record: &RefreshKeyRecord) -> Vec<u8> {
    let mut bytes = b"signet refresh key\0".to_vec();
    bytes.extend(record.id.number().to_be_bytes());
    bytes.extend(record.created_at.timestamp_micros().to_be_bytes());
    bytes
}

/// All of them, as a scraper reads them.
pub async fn metrics_of(server: SocketAddr) -> String {
    let response = reqwest::get(format!("http://{server}/metrics")).await;
    let text = response.unwrap().error_for_status().unwrap().text().await;
    let text = text.unwrap();
    assert!(text.contains("signet_http_requests_total{"), "{text}");
    text
}

async fn log_and_metrics_hold_no_secret(setting: &Setting<'_>) {
    let mut secrets = Secrets::default();
    let made = run(setting.command().args(["migrate"]));
    assert!(made.status.success());
    let create = ["users", "create", "root", "--email", "root@example.com"];
    let made = run(setting
        .command()
        .args(create)
        .args(["--role", "admin", "--json"]));
    let root: Value = serde_json::from_slice(&made.stdout).unwrap();
    let root = secrets.take(&root, "password");
    let mut log = String::from_utf8(made.stderr).unwrap();

    let server = RunningServer::start(&mut setting.command());
    // Some are revoked below, and cannot be opened any more then.
    setting.add_keys(&mut secrets).await;
    let mut called = Run {
        server: &server,
        called: BTreeSet::new(),
    };
    let admin = called.log_in(&mut secrets, "root", &root).await;
    use_as_users(&mut called, &mut secrets, &root, &admin).await;
    use_as_services(&mut called, &mut secrets, &root, &admin).await;
    use_as_admin(&mut called, &mut secrets, &admin).await;
    for template in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
        "/health/live",
        "/health/ready",
    ] {
        called
            .call((Method::GET, template), "", &[200], |it| it)
            .await;
    }
    let called = called.called;
    let metrics = metrics_of(setting.metrics).await;
    let spec = fs::read_to_string("openapi/openapi.json").unwrap();
    let spec: Value = serde_json::from_str(&spec).unwrap();
    let paths = spec["paths"].as_object().unwrap().iter();
    let described: BTreeSet<_> = paths
        .flat_map(|(path, operations)| {
            let methods = operations.as_object().unwrap().keys();
            methods.map(|method| (method.to_ascii_uppercase(), path.clone()))
        })
        .collect();
    assert_eq!(called, described, "every operation is called");

    secrets.add(MASTER_KEY);
    secrets.add_bytes(MASTER_KEY.as_bytes());
    setting.add_keys(&mut secrets).await;
    for password in [REDIS_PASSWORD, DATABASE_PASSWORD, "argon2id$"] {
        secrets.add(password);
    }
    let (status, rest) = server.stop();
    assert!(status.success());
    log.push_str(&rest);
    for told in ["DEBUG", "/me/password", "signet::access"] {
        assert!(log.contains(told), "{told}");
    }
    let shared = log.contains("limits are counted on Redis");
    assert_eq!(shared, setting.redis.is_some());
    secrets.assert_not_in(&log);
    secrets.assert_not_in(&metrics);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_shows_a_secret_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let setting = Setting {
        dir: dir.path(),
        metrics: free_address(),
        database: None,
        redis: None,
    };
    log_and_metrics_hold_no_secret(&setting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_shows_a_secret_on_postgresql_and_redis() {
    let Some(database) = PostgresDatabase::new().await else {
        return;
    };
    let options = ["--requirepass", REDIS_PASSWORD].map(str::to_owned);
    let redis_dir = tempfile::tempdir().unwrap();
    let Some(redis) = RedisProcess::start_with(redis_dir, options.to_vec()) else {
        return;
    };
    let proxy = PostgresProxy::start(database.server);
    let dir = tempfile::tempdir().unwrap();
    let setting = Setting {
        dir: dir.path(),
        metrics: free_address(),
        database: Some(proxy.url(&database.name)),
        redis: Some(format!("{}?pass={REDIS_PASSWORD}", redis.url())),
    };
    log_and_metrics_hold_no_secret(&setting).await;
}

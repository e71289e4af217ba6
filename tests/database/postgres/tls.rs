use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use signet::{
    adapters::database::{Database, PostgresLimits, PostgresUrl},
    ports::StorageError,
};

use crate::support::{
    postgres::{PostgresServer, limits},
    process::free_address,
};

/// A server that speaks to nobody without TLS, as `localhost`.
struct TlsServer {
    server: PostgresServer,
    port: u16,
}

impl TlsServer {
    fn start() -> Option<Self> {
        let port = free_address().port();
        let address = "listen_addresses=127.0.0.1";
        let ssl = [
            "ssl=on",
            "ssl_cert_file=../cert.pem",
            "ssl_key_file=../key.pem",
        ];
        let own_port = format!("port={port}");
        let settings = [&[address, &own_port], &ssl[..]].concat();
        let server = PostgresServer::start_with_port(port, &settings, |dir| {
            certify(dir);
            let hba = "hostssl all all 127.0.0.1/32 trust\nlocal all all trust\n";
            fs::write(dir.join("data/pg_hba.conf"), hba).unwrap();
        })?;
        Some(Self { server, port })
    }

    fn ca(&self, name: &str) -> PathBuf {
        self.server.dir.join(name)
    }

    async fn open(&self, host: &str, parameters: &str) -> Result<Database, StorageError> {
        let port = self.port;
        let url = format!("postgres://signet@{host}:{port}/postgres?{parameters}");
        let url: PostgresUrl = url.parse().unwrap();
        let limits = PostgresLimits {
            connect_timeout: Duration::from_mins(1),
            ..limits()
        };
        Database::open_postgres(&url, limits).await
    }
}

/// A certificate of a private authority, and another authority's own.
fn certify(dir: &Path) {
    let authority = |file: &str| {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        fs::write(dir.join(file), certificate.pem()).unwrap();
        Issuer::new(params, key)
    };
    let issuer = authority("ca.pem");
    authority("other.pem");
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    fs::write(dir.join("cert.pem"), certificate.pem()).unwrap();
    let file = dir.join("key.pem");
    fs::write(&file, key.serialize_pem()).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
}

#[tokio::test]
async fn a_server_is_known_by_its_authority_and_its_name() {
    let Some(server) = TlsServer::start() else {
        return;
    };
    let (ca, other) = (server.ca("ca.pem"), server.ca("other.pem"));
    for (host, mode, authority, accepted) in [
        ("localhost", "verify-full", Some(&ca), true),
        ("localhost", "verify-full", Some(&other), false),
        ("localhost", "verify-full", None, false),
        ("127.0.0.1", "verify-full", Some(&ca), false),
        ("127.0.0.1", "verify-ca", Some(&ca), true),
        ("127.0.0.1", "verify-ca", Some(&other), false),
        ("localhost", "require", None, true),
        ("localhost", "prefer", None, true),
        ("localhost", "disable", None, false),
    ] {
        let authority = authority.map(|file| format!("&sslrootcert={}", file.display()));
        let parameters = format!("sslmode={mode}{}", authority.unwrap_or_default());
        let opened = server.open(host, &parameters).await;
        assert_eq!(opened.is_ok(), accepted, "{host} {parameters}: {opened:?}");
    }
}

/// On a socket of the machine itself they are 0.
#[tokio::test]
async fn postgresql_is_asked_to_give_up_a_connection_that_is_silent() {
    let Some(server) = TlsServer::start() else {
        return;
    };
    let database = server.open("127.0.0.1", "sslmode=require").await.unwrap();
    for (name, expected) in [
        ("tcp_keepalives_idle", "60"),
        ("tcp_keepalives_interval", "10"),
        ("tcp_keepalives_count", "6"),
        ("tcp_user_timeout", "120000"),
    ] {
        let value = database.server_setting(name).await.unwrap();
        assert_eq!(value, expected, "{name}");
    }
}

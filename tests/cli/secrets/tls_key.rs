use std::fs;

use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use signet::adapters::http::TlsFiles;

use super::everything::{metrics_of, unwanted::Secrets};
use crate::support::{
    certificates::{ask, certify, pair_in, shake_hands},
    process::{MASTER_KEY, RunningServer, free_address, signet},
};

const REQUEST: &str = "GET /.well-known/jwks.json HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn add_key(secrets: &mut Secrets, files: &TlsFiles) {
    let pem = fs::read_to_string(&files.key).unwrap();
    for line in pem.lines().filter(|line| !line.starts_with("-----")) {
        secrets.add(line);
    }
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap();
    secrets.add_bytes(key.secret_der());
}

#[tokio::test]
async fn log_and_metrics_hold_no_part_of_a_tls_key() {
    let (dir, metrics) = (tempfile::tempdir().unwrap(), free_address());
    let files = pair_in(dir.path());
    let first = certify(&files);
    let mut secrets = Secrets::default();
    add_key(&mut secrets, &files);
    let mut command = signet(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_LOG", "trace")
        .env("SIGNET_METRICS_LISTEN", metrics.to_string())
        .env("SIGNET_TLS_CERT", &files.certificate)
        .env("SIGNET_TLS_KEY", &files.key);
    let server = RunningServer::start(&mut command);
    let mut stream = shake_hands(server.address(), &first).await.unwrap();
    ask(&mut stream, REQUEST, "]}").await;

    // A key that belongs to no certificate, and one that takes its place.
    let certificate = fs::read(&files.certificate).unwrap();
    certify(&files);
    add_key(&mut secrets, &files);
    fs::write(&files.certificate, certificate).unwrap();
    server.signal("HUP");
    server.wait_for_log("cannot use the new TLS certificate");
    let renewed = certify(&files);
    add_key(&mut secrets, &files);
    server.signal("HUP");
    while shake_hands(server.address(), &renewed).await.is_err() {
        tokio::task::yield_now().await;
    }
    let metrics = metrics_of(metrics).await;
    let (_, log) = server.stop();
    assert!(log.contains("TLS certificate loaded"), "{log}");
    secrets.assert_not_in(&log);
    secrets.assert_not_in(&metrics);
}

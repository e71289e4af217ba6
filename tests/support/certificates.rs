//! Certificates for `localhost`, and a client that trusts one of them.

use std::{fs, io, net::SocketAddr, path::Path, sync::Arc};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, SupportedProtocolVersion,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, ServerName},
    version::{TLS12, TLS13},
};
use signet::adapters::http::TlsFiles;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// The files of a pair in this folder.
pub fn pair_in(dir: &Path) -> TlsFiles {
    TlsFiles {
        certificate: dir.join("tls.pem"),
        key: dir.join("tls.key"),
    }
}

/// Writes a new pair over these files, and returns whom to trust for it.
pub fn certify(files: &TlsFiles) -> CertificateDer<'static> {
    certify_until(files, 2125)
}

/// The same of a certificate that ends with the beginning of this year.
pub fn certify_until(files: &TlsFiles, year: i32) -> CertificateDer<'static> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(year, 1, 1);
    let certificate = params.self_signed(&key).unwrap();
    fs::write(&files.certificate, certificate.pem()).unwrap();
    fs::write(&files.key, key.serialize_pem()).unwrap();
    certificate.der().clone()
}

/// Shakes hands with a server whose certificate is this one.
pub async fn shake_hands(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
) -> io::Result<TlsStream<TcpStream>> {
    shake_hands_as(address, trusted, &[&TLS13, &TLS12]).await
}

pub async fn shake_hands_as(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    let config = Arc::new(trusting(trusted, versions));
    TlsConnector::from(config)
        .connect(localhost(), stream)
        .await
}

/// The client's end of a connection that someone else carries.
pub fn a_client(trusted: &CertificateDer<'static>) -> ClientConnection {
    let config = Arc::new(trusting(trusted, &[&TLS13]));
    ClientConnection::new(config, localhost()).unwrap()
}

fn localhost() -> ServerName<'static> {
    ServerName::try_from("localhost").unwrap()
}

fn trusting(
    certificate: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// Sends a request and reads the answer, which ends with `end`.
pub async fn ask(stream: &mut TlsStream<TcpStream>, request: &str, end: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(end.as_bytes()) {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.unwrap();
        let so_far = String::from_utf8_lossy(&answer);
        assert!(read > 0, "closed after {so_far}");
        answer.extend_from_slice(&part[..read]);
    }
    String::from_utf8(answer).unwrap()
}

use std::{
    fs,
    io::{Read, Write},
    sync::Arc,
};

use rustls::{
    ProtocolVersion,
    pki_types::CertificateDer,
    version::{TLS12, TLS13},
};
use signet::adapters::http::{TlsFiles, TlsIdentity};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{ConnectionBounds, HELLO, Server, defaults, seconds};
use crate::support::{
    certificates::{a_client, ask, certify, pair_in, shake_hands, shake_hands_as},
    wire::Wire,
};

struct Secured {
    server: Server,
    identity: Arc<TlsIdentity>,
    files: TlsFiles,
    certificate: CertificateDer<'static>,
    _folder: TempDir,
}

impl Secured {
    async fn start() -> Self {
        Self::bounded(|_| {}).await
    }

    async fn bounded(adapt: impl FnOnce(&mut ConnectionBounds)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = pair_in(folder.path());
        let certificate = certify(&files);
        let identity = TlsIdentity::load(files.clone()).unwrap();
        let (mut bounds, timings) = defaults();
        adapt(&mut bounds);
        let server = Server::speaking(Some(identity.clone()), bounds, timings).await;
        Self {
            server,
            identity,
            files,
            certificate,
            _folder: folder,
        }
    }

    async fn shows(&self, certificate: &CertificateDer<'static>) -> bool {
        shake_hands(self.server.address, certificate).await.is_ok()
    }
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken_and_asked_for_from_then_on() {
    let secured = Secured::start().await;
    for (version, name) in [
        (&TLS12, ProtocolVersion::TLSv1_2),
        (&TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let (address, trusted) = (secured.server.address, &secured.certificate);
        let mut stream = shake_hands_as(address, trusted, &[version]).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(name));
        let answer = ask(&mut stream, HELLO, "hello").await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let transport = "\r\nstrict-transport-security: max-age=63072000\r\n";
        assert!(answer.contains(transport), "{answer}");
    }
}

#[tokio::test]
async fn without_tls_nothing_is_said_of_it() {
    let server = Server::start().await;
    let answer = server.connect().await.ask(HELLO).await;
    assert!(!answer.contains("strict-transport-security"), "{answer}");
}

#[tokio::test]
async fn plain_http_gets_no_answer_on_a_tls_port() {
    let secured = Secured::start().await;
    let mut wire = secured.server.connect().await;
    wire.send(HELLO).await;
    assert!(!wire.rest().await.starts_with(b"HTTP"));
    assert!(secured.shows(&secured.certificate).await);
}

/// A client's hello as TLS 1.1 knows it (RFC 4346 §7.4.1.2): version, random,
/// no session, one cipher suite, no compression.
#[tokio::test]
async fn tls_1_1_is_refused_with_an_alert() {
    const ALERT: u8 = 21;
    const FATAL: u8 = 2;
    let mut hello = vec![3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x13, 1, 0]);
    let length = u8::try_from(hello.len()).unwrap();
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    let secured = Secured::start().await;
    let mut wire = secured.server.connect().await;
    wire.send_bytes(&record).await;
    let answer = wire.rest().await;
    assert_eq!(answer.first(), Some(&ALERT));
    assert_eq!(answer.get(5), Some(&FATAL), "{answer:?}");
}

#[tokio::test]
async fn a_full_server_closes_a_connection_without_a_plain_byte() {
    let secured = Secured::bounded(|bounds| bounds.max_connections = 1).await;
    let mut served = shake_hands(secured.server.address, &secured.certificate)
        .await
        .unwrap();
    let mut refused = secured.server.connect().await;
    assert!(refused.rest().await.is_empty());
    ask(&mut served, HELLO, "hello").await;
}

#[tokio::test]
async fn a_late_handshake_closes_its_connection() {
    let secured = Secured::start().await;
    let mut wire = Wire::connect(secured.server.address).await;
    assert!(secured.shows(&secured.certificate).await);
    secured.server.clock.pass(seconds(11)).await;
    assert!(wire.rest().await.is_empty());
}

#[tokio::test]
async fn a_handshake_that_has_begun_before_the_stop_gets_its_request_answered() {
    let secured = Secured::start().await;
    let mut stream = TcpStream::connect(secured.server.address).await.unwrap();
    let mut client = a_client(&secured.certificate);
    let mut hello = Vec::new();
    client.write_tls(&mut hello).unwrap();
    stream.write_all(&hello).await.unwrap();
    stream.readable().await.unwrap();
    secured.server.drain.begin();
    let mut silent = secured.server.connect().await;
    assert!(silent.rest().await.is_empty());

    let mut stream = stream.into_std().unwrap();
    let asked = tokio::task::spawn_blocking(move || {
        stream.set_nonblocking(false).unwrap();
        let mut tls = rustls::Stream::new(&mut client, &mut stream);
        tls.write_all(HELLO.as_bytes()).unwrap();
        let mut answer = String::new();
        tls.read_to_string(&mut answer).map(|_| answer)
    });
    let answer = asked.await.unwrap().unwrap();
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(answer.ends_with("hello"), "{answer}");
    secured.server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_renewed_pair_is_shown_to_new_connections_and_keeps_the_old_ones() {
    let secured = Secured::start().await;
    let mut old = shake_hands(secured.server.address, &secured.certificate)
        .await
        .unwrap();
    assert!(secured.identity.reload().is_none());
    let renewed = certify(&secured.files);
    assert!(secured.identity.reload().unwrap().is_ok());
    assert!(secured.shows(&renewed).await);
    assert!(!secured.shows(&secured.certificate).await);
    ask(&mut old, HELLO, "hello").await;
}

#[tokio::test]
async fn a_broken_pair_is_told_of_once_and_leaves_the_former_one() {
    let secured = Secured::start().await;
    let other = tempfile::tempdir().unwrap();
    let others = pair_in(other.path());
    certify(&others);
    let breaks: [fn(&TlsFiles, &TlsFiles); 4] = [
        |files, others| assert!(fs::copy(&others.key, &files.key).is_ok()),
        |files, _| fs::write(&files.key, "no key").unwrap(),
        |files, _| fs::write(&files.certificate, "").unwrap(),
        |files, _| fs::remove_file(&files.certificate).unwrap(),
    ];
    for break_it in breaks {
        break_it(&secured.files, &others);
        assert!(secured.identity.reload().unwrap().is_err());
        assert!(secured.identity.reload().is_none());
        assert!(secured.shows(&secured.certificate).await);
    }
    let renewed = certify(&secured.files);
    assert!(secured.identity.reload().unwrap().is_ok());
    assert!(secured.shows(&renewed).await);
}

#[tokio::test]
async fn a_chain_of_several_certificates_may_stand_in_the_file() {
    let secured = Secured::start().await;
    let chained = certify(&secured.files);
    let other = tempfile::tempdir().unwrap();
    let others = pair_in(other.path());
    certify(&others);
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(&secured.files.certificate)
        .unwrap();
    file.write_all(&fs::read(&others.certificate).unwrap())
        .unwrap();
    assert!(secured.identity.reload().unwrap().is_ok());
    assert!(secured.shows(&chained).await);
}

//! A server that speaks TLS, as its operator sees it.
#![allow(clippy::float_cmp, reason = "what is measured is exact")]

use std::{fs, path::Path, process::Command};

use signet::adapters::http::TlsFiles;

use crate::support::{
    certificates::{ask, certify, certify_until, pair_in, shake_hands},
    process::{MASTER_KEY, RunningServer, free_address, run, signet, text},
    scrape::Scrape,
};

const REQUEST: &str =
    "GET /.well-known/oauth-authorization-server HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn with_tls(dir: &Path, files: &TlsFiles) -> Command {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_TLS_CERT", &files.certificate)
        .env("SIGNET_TLS_KEY", &files.key);
    command
}

#[tokio::test]
async fn refusals_tell_browsers_to_speak_tls_alone_too() {
    let dir = tempfile::tempdir().unwrap();
    let files = pair_in(dir.path());
    let certificate = certify(&files);
    let mut command = with_tls(dir.path(), &files);
    let server = RunningServer::start(command.env("SIGNET_AUTH_RATE_LIMIT", "1/1h"));
    let login = "POST /auth HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    for (request, status) in [
        ("GET /me HTTP/1.1\r\nhost: localhost\r\n\r\n", "401"),
        ("GET /nowhere HTTP/1.1\r\nhost: localhost\r\n\r\n", "404"),
        (&format!("{login}content-length: 10000000\r\n\r\n"), "413"),
        (&format!("{login}content-length: 0\r\n\r\n"), "429"),
    ] {
        let mut stream = shake_hands(server.address(), &certificate).await.unwrap();
        let answer = ask(&mut stream, request, "}").await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        let transport = "\r\nstrict-transport-security: max-age=63072000\r\n";
        assert!(answer.contains(transport), "{answer}");
    }
}

#[test]
fn an_address_that_others_reach_is_warned_of_once_without_tls() {
    const ANYWHERE: &str = "0.0.0.0:0";
    const LOOPBACK: &str = "127.0.0.1:0";
    let dir = tempfile::tempdir().unwrap();
    let files = pair_in(dir.path());
    certify(&files);
    for (address, has_tls, warnings) in [
        (ANYWHERE, false, 1),
        (LOOPBACK, false, 0),
        (ANYWHERE, true, 0),
    ] {
        let mut command = if has_tls {
            with_tls(dir.path(), &files)
        } else {
            signet(dir.path())
        };
        command.env("NOT_MY_KEY", MASTER_KEY);
        let server = RunningServer::start_at(address.parse().unwrap(), &mut command, &[]);
        let (_, log) = server.stop();
        let warned = log.matches("listening without TLS").count();
        assert_eq!(warned, warnings, "{address} {has_tls}: {log}");
    }
}

#[tokio::test]
async fn a_hangup_takes_a_renewed_certificate_over_and_drops_no_connection() {
    let dir = tempfile::tempdir().unwrap();
    let files = pair_in(dir.path());
    let certificate = certify(&files);
    let server = RunningServer::start(&mut with_tls(dir.path(), &files));
    let mut old = shake_hands(server.address(), &certificate).await.unwrap();
    let metadata = ask(&mut old, REQUEST, "}").await;
    let issuer = format!("\"issuer\":\"https://{}\"", server.address());
    assert!(metadata.contains(&issuer), "{metadata}");
    let renewed = certify(&files);
    server.signal("HUP");
    while shake_hands(server.address(), &renewed).await.is_err() {
        tokio::task::yield_now().await;
    }
    ask(&mut old, REQUEST, "}").await;
    drop(old);
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(log.matches("TLS certificate loaded").count(), 2, "{log}");
}

#[tokio::test]
async fn a_renewed_certificate_s_end_is_measured_once_it_is_shown() {
    let expiry = "signet_tls_certificate_expiry_timestamp_seconds";
    let (dir, metrics) = (tempfile::tempdir().unwrap(), free_address());
    let files = pair_in(dir.path());
    certify_until(&files, 2060);
    let mut command = with_tls(dir.path(), &files);
    let server = RunningServer::start(command.env("SIGNET_METRICS_LISTEN", metrics.to_string()));
    let before = Scrape::of(metrics).await.value(expiry);
    let renewed = certify_until(&files, 2061);
    server.signal("HUP");
    while shake_hands(server.address(), &renewed).await.is_err() {
        tokio::task::yield_now().await;
    }
    // 2060 is a leap year.
    let later = Scrape::of(metrics).await.value(expiry) - before;
    assert_eq!(later, 366.0 * 86_400.0);
}

#[tokio::test]
async fn a_changed_certificate_is_taken_over_without_being_asked_to() {
    let dir = tempfile::tempdir().unwrap();
    let files = pair_in(dir.path());
    certify(&files);
    let server = RunningServer::start(&mut with_tls(dir.path(), &files));
    let renewed = certify(&files);
    while shake_hands(server.address(), &renewed).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.stop().0.code(), Some(0));
}

#[tokio::test]
async fn a_hangup_with_a_broken_pair_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let files = pair_in(dir.path());
    let certificate = certify(&files);
    let server = RunningServer::start(&mut with_tls(dir.path(), &files));
    fs::write(&files.key, "no key").unwrap();
    server.signal("HUP");
    shake_hands(server.address(), &certificate).await.unwrap();
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(!log.contains("no key"), "{log}");
}

/// What makes the first pair's files wrong; the second pair is another.
type Spoil = fn(&TlsFiles, &TlsFiles);

#[test]
fn a_pair_that_cannot_be_used_is_refused_before_anything_starts() {
    let dir = tempfile::tempdir().unwrap();
    let (files, others) = (pair_in(dir.path()), tempfile::tempdir().unwrap());
    let others = pair_in(others.path());
    certify(&others);
    let cases: [(Spoil, &str); 4] = [
        (
            |files, _| fs::write(&files.certificate, "").unwrap(),
            "holds no certificate in PEM",
        ),
        (
            |files, _| fs::write(&files.key, "-----BEGIN").unwrap(),
            "holds no private key in PEM",
        ),
        (
            |files, others| assert!(fs::copy(&others.key, &files.key).is_ok()),
            "does not belong to the certificate",
        ),
        (
            |files, _| fs::remove_file(&files.key).unwrap(),
            "cannot read",
        ),
    ];
    for (break_it, reason) in cases {
        certify(&files);
        break_it(&files, &others);
        let output = run(with_tls(dir.path(), &files).arg("serve"));
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(reason), "{reason} in {message}");
    }
    assert!(!dir.path().join("data").exists());
}

#[test]
fn one_file_of_the_pair_alone_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (set, missing) in [("CERT", "KEY"), ("KEY", "CERT")] {
        let output = run(signet(dir.path())
            .arg("config")
            .env(format!("SIGNET_TLS_{set}"), "file.pem"));
        assert_eq!(output.status.code(), Some(2));
        let message = text(&output.stderr);
        assert!(message.contains(&format!("SIGNET_TLS_{missing}: is missing")));
    }
}

#[test]
fn an_expired_certificate_is_served_with_a_warning() {
    let dir = tempfile::tempdir().unwrap();
    let files = pair_in(dir.path());
    certify_until(&files, 2020);
    let server = RunningServer::start(&mut with_tls(dir.path(), &files));
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("the TLS certificate has expired"), "{log}");
}

//! The end of the certificate that is shown.

use std::{fs, sync::Arc};

use rcgen::date_time_ymd;
use rustls::pki_types::CertificateDer;
use signet::adapters::http::{TlsFiles, TlsIdentity};
use tempfile::TempDir;

use super::measured;
use crate::support::{
    app::TestApp,
    certificates::{certify_until, pair_in, shake_hands},
};

const EXPIRY: &str = "signet_tls_certificate_expiry_timestamp_seconds";

/// A server that speaks TLS, and is measured.
struct Secured {
    app: TestApp,
    identity: Arc<TlsIdentity>,
    files: TlsFiles,
    _folder: TempDir,
}

impl Secured {
    /// With the certificate that it shows, which ends with the beginning of this year.
    async fn until(year: i32) -> (Self, CertificateDer<'static>) {
        let folder = tempfile::tempdir().unwrap();
        let files = pair_in(folder.path());
        let certificate = certify_until(&files, year);
        let identity = TlsIdentity::load(files.clone()).unwrap();
        let builder = TestApp::builder().secured(identity.clone()).measured();
        let secured = Self {
            app: builder.start().await,
            identity,
            files,
            _folder: folder,
        };
        (secured, certificate)
    }

    /// Fails where another certificate is shown.
    async fn expiry_while_it_shows(&self, certificate: &CertificateDer<'static>) -> f64 {
        shake_hands(self.app.address, certificate).await.unwrap();
        self.app.scrape().await.value(EXPIRY)
    }
}

fn beginning_of(year: i32) -> f64 {
    let seconds = date_time_ymd(year, 1, 1).unix_timestamp();
    // More than `From` converts, and far from what is inexact.
    seconds.to_string().parse().unwrap()
}

#[tokio::test]
async fn the_end_of_the_certificate_that_is_shown_is_told() {
    let (secured, certificate) = Secured::until(2060).await;
    let expiry = secured.expiry_while_it_shows(&certificate).await;
    assert_eq!(expiry, beginning_of(2060));
}

#[tokio::test]
async fn a_renewal_moves_the_end_once_it_is_taken_over() {
    let (secured, certificate) = Secured::until(2060).await;
    let renewed = certify_until(&secured.files, 2061);
    let expiry = secured.expiry_while_it_shows(&certificate).await;
    assert_eq!(expiry, beginning_of(2060));
    assert!(secured.identity.reload().unwrap().is_ok());
    let expiry = secured.expiry_while_it_shows(&renewed).await;
    assert_eq!(expiry, beginning_of(2061));
}

#[tokio::test]
async fn a_renewal_that_cannot_be_used_leaves_the_end_of_the_certificate_that_stays() {
    let (secured, certificate) = Secured::until(2060).await;
    certify_until(&secured.files, 2061);
    fs::write(&secured.files.key, "no key").unwrap();
    assert!(secured.identity.reload().unwrap().is_err());
    let expiry = secured.expiry_while_it_shows(&certificate).await;
    assert_eq!(expiry, beginning_of(2060));
}

#[tokio::test]
async fn the_end_of_an_expired_certificate_is_told_too() {
    let (secured, _) = Secured::until(2020).await;
    let expiry = secured.app.scrape().await.value(EXPIRY);
    assert_eq!(expiry, beginning_of(2020));
}

#[tokio::test]
async fn without_tls_no_end_of_a_certificate_is_told() {
    let scrape = measured().await.scrape().await;
    assert!(!scrape.types.contains_key(EXPIRY));
    assert!(!scrape.has(EXPIRY));
}

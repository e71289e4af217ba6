use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use rsa::{pkcs8::DecodePrivateKey, traits::PrivateKeyParts};
use signet::{
    adapters::database::{Database, SqlKeyStore},
    crypto::{MasterKey, MasterKeys, sealed_key},
    domain::KeyState,
    ports::KeyStore,
};

use crate::support::process::{MASTER_KEY, RunningServer, run, signet};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_database_that_others_may_read_is_made_private() {
    let dir = tempfile::tempdir().unwrap();
    run(signet(dir.path()).arg("migrate"));
    let database = dir.path().join("data/signet.db");
    assert_eq!(mode(&database), 0o600);
    fs::set_permissions(&database, Permissions::from_mode(0o644)).unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    for entry in fs::read_dir(dir.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    server.stop();
}

/// What the bytes could look like in a file: as they are, reversed, in hex, and
/// in base64 at each of the three alignments.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut reversed = secret.to_vec();
    reversed.reverse();
    let mut forms = vec![secret.to_vec(), reversed];
    forms.push(hex::encode(secret).into_bytes());
    forms.push(hex::encode_upper(secret).into_bytes());
    for skipped in 0..3 {
        let whole = &secret[skipped..];
        let whole = &whole[..whole.len() / 3 * 3];
        let base64 = BASE64_STANDARD_NO_PAD.encode(whole);
        forms.push(base64.replace('+', "-").replace('/', "_").into_bytes());
        forms.push(base64.into_bytes());
    }
    forms
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

#[tokio::test]
async fn the_database_files_hold_neither_password_nor_private_key() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let ada = server.register("ada").await.unwrap();
    let password = ada["password"].as_str().unwrap();
    server.log_in("ada", password).await.unwrap();
    server.kill();
    let mut files = Vec::new();
    for entry in fs::read_dir(dir.path().join("data")).unwrap() {
        files.extend(fs::read(entry.unwrap().path()).unwrap());
    }

    let path = dir.path().join("data/signet.db");
    let store = SqlKeyStore::new(Database::open_sqlite(&path).await.unwrap());
    let set = store.load().await.unwrap();
    let sealed = set.in_state(KeyState::Active).unwrap();
    let envelope = sealed.sealed.as_ref().unwrap();
    // The test would find what is there.
    assert!(contains(&files, &envelope.ciphertext));
    assert!(contains(&files, b"ada@example.com"));

    let master_keys = MasterKeys::new(MasterKey::parse(MASTER_KEY).unwrap(), Vec::new());
    let der = sealed_key::open(envelope, &sealed.record, &master_keys).unwrap();
    let key = rsa::PrivateKey::from_pkcs8_der(der.pkcs8_der()).unwrap();
    let mut secrets = vec![password.as_bytes().to_vec(), MASTER_KEY.as_bytes().to_vec()];
    secrets.extend(
        key.primes()
            .iter()
            .map(|prime| prime.to_be_bytes().to_vec()),
    );
    assert_eq!(secrets.len(), 4);
    for secret in &secrets {
        for form in forms(secret) {
            assert!(!contains(&files, &form));
        }
    }
}

//! A signing key that is the same in every run, and a token of it.

use std::sync::LazyLock;

use serde_json::json;
use signet::{
    crypto::{PrivateKey, SigningKeyPair},
    domain::SigningAlgorithm,
};
use zeroize::Zeroizing;

/// PKCS#8 of an Ed25519 key up to its 32 bytes (RFC 8410 §7).
const ED25519: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

pub static KEY: LazyLock<SigningKeyPair> = LazyLock::new(|| {
    let der = [ED25519.as_slice(), &[7; 32]].concat();
    let key = PrivateKey::from_pkcs8_der(Zeroizing::new(der));
    let kid = "key-1".parse().expect("a key id");
    SigningKeyPair::new(kid, SigningAlgorithm::EdDsa, &key).expect("a key")
});

/// The only token that [`KEY`] ever signed.
pub static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let claims = json!({
        "iss": "https://auth.example", "sub": "client-1", "aud": "api", "client_id": "client-1",
        "iat": 1_700_000_000, "exp": 1_700_000_900, "jti": "00000000-0000-4000-8000-000000000001",
    });
    KEY.sign(&claims).expect("a token")
});

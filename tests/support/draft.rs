//! Access tokens with other headers, claims and signatures than the server's.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair,
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use signet::{crypto::PrivateKey, domain::SigningAlgorithm};

use super::{
    keys::{private_key, private_key_for},
    verifier::part,
};

/// A header and claims that become tokens with one of their members changed.
#[derive(Clone)]
pub struct Draft {
    pub header: Value,
    pub claims: Value,
}

impl Draft {
    /// Of a token that [`private_key`] signed with RS256.
    pub fn of(token: &str) -> Self {
        Self {
            header: part(token, 0),
            claims: part(token, 1),
        }
    }

    /// Without the member where `value` is null.
    pub fn header(&self, member: &str, value: Value) -> Self {
        let mut changed = self.clone();
        set(&mut changed.header, member, value);
        changed
    }

    /// Without the member where `value` is null.
    pub fn claim(&self, member: &str, value: Value) -> Self {
        let mut changed = self.clone();
        set(&mut changed.claims, member, value);
        changed
    }

    /// The token that the server's own key would sign.
    pub fn signed(&self) -> String {
        self.signed_by(&private_key())
    }

    pub fn signed_by(&self, key: &PrivateKey) -> String {
        self.with_signature(|input| rsa(key, &RSA_PKCS1_SHA256, input))
    }

    pub fn with_signature(&self, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
        let input = format!("{}.{}", encode(&self.header), encode(&self.claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(sign(input.as_bytes()));
        format!("{input}.{signature}")
    }
}

fn set(object: &mut Value, member: &str, value: Value) {
    let members = object.as_object_mut().unwrap();
    match value {
        Value::Null => members.remove(member),
        value => members.insert(member.to_owned(), value),
    };
}

pub fn encode(part: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part.to_string())
}

pub fn rsa(key: &PrivateKey, encoding: &'static dyn RsaEncoding, input: &[u8]) -> Vec<u8> {
    let key = RsaKeyPair::from_pkcs8(key.pkcs8_der()).unwrap();
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(encoding, &SystemRandom::new(), input, &mut signature)
        .unwrap();
    signature
}

pub fn p256(input: &[u8]) -> Vec<u8> {
    let key = private_key_for(SigningAlgorithm::Es256);
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.pkcs8_der()).unwrap();
    let signature = key.sign(&SystemRandom::new(), input).unwrap();
    signature.as_ref().to_vec()
}

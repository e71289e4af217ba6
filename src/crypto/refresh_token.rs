//! Refresh tokens: they name a session and a generation, and carry an
//! authenticator that only the holder of the refresh key can make. Nothing of
//! them is stored, and the one generation does not give away another.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::domain::{Generation, RefreshKeyId, SessionId};

/// What a text must begin with to be a refresh token: people and scanners tell
/// by it what they found.
const PREFIX: &str = "signet_rt_";

const NAMES: usize = 4 + 16 + 4;
const AUTHENTICATOR: usize = 32;

/// A refresh token in clear text. It is never printed and its memory is wiped
/// when it is dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RefreshToken(String);

/// What a text that has the form of a refresh token says. Anyone can write
/// that: only [`RefreshKey::authenticates`] tells whether it is true.
#[derive(Debug)]
pub struct UnverifiedRefreshToken {
    pub key: RefreshKeyId,
    pub session: SessionId,
    pub generation: Generation,
    authenticator: Zeroizing<[u8; AUTHENTICATOR]>,
}

/// A secret that authenticates refresh tokens, by HMAC-SHA256 (RFC 2104).
pub struct RefreshKey {
    id: RefreshKeyId,
    key: hmac::Key,
}

impl RefreshKey {
    /// Of 256 random bits.
    pub fn new(id: RefreshKeyId, secret: &[u8; 32]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        Self { id, key }
    }

    pub fn id(&self) -> RefreshKeyId {
        self.id
    }

    pub fn issue(&self, session: SessionId, generation: Generation) -> RefreshToken {
        let names = names(self.id, session, generation);
        let mut bytes = Zeroizing::new([0; NAMES + AUTHENTICATOR]);
        bytes[..NAMES].copy_from_slice(&names);
        bytes[NAMES..].copy_from_slice(hmac::sign(&self.key, &bound(&names)).as_ref());
        let mut text = PREFIX.to_owned();
        BASE64_URL_SAFE_NO_PAD.encode_string(&bytes, &mut text);
        RefreshToken(text)
    }

    /// Whether this key made the token. The time that it takes does not depend
    /// on where the first difference is.
    pub fn authenticates(&self, token: &UnverifiedRefreshToken) -> bool {
        let names = names(token.key, token.session, token.generation);
        token.key == self.id
            && hmac::verify(&self.key, &bound(&names), &*token.authenticator).is_ok()
    }
}

impl RefreshToken {
    /// The clear text, for the client.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl UnverifiedRefreshToken {
    /// `None` when the text does not have the form of a refresh token.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; NAMES + AUTHENTICATOR]);
        let encoded = text.strip_prefix(PREFIX)?;
        let length = BASE64_URL_SAFE_NO_PAD
            .decode_slice(encoded, &mut *bytes)
            .ok()?;
        if length != bytes.len() {
            return None;
        }
        let (key, rest) = bytes.split_first_chunk::<4>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let (generation, authenticator) = rest.split_first_chunk::<4>()?;
        Some(Self {
            key: RefreshKeyId::new(u32::from_be_bytes(*key)),
            session: SessionId::new(Uuid::from_bytes(*session)),
            generation: Generation::new(u32::from_be_bytes(*generation)),
            authenticator: Zeroizing::new(authenticator.try_into().ok()?),
        })
    }
}

fn names(key: RefreshKeyId, session: SessionId, generation: Generation) -> [u8; NAMES] {
    let mut names = [0; NAMES];
    names[..4].copy_from_slice(&key.number().to_be_bytes());
    names[4..20].copy_from_slice(session.as_uuid().as_bytes());
    names[20..].copy_from_slice(&generation.number().to_be_bytes());
    names
}

/// What is authenticated: nothing else that a key might ever authenticate can
/// be mistaken for it.
fn bound(names: &[u8; NAMES]) -> Vec<u8> {
    [b"signet refresh token 1\0".as_slice(), names].concat()
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken([redacted])")
    }
}

impl fmt::Debug for RefreshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RefreshKey({})", self.id)
    }
}

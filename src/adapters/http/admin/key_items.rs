//! Signing keys as requests name them and answers show them.

mod examples;

use chrono::{DateTime, SecondsFormat, Utc};
use poem_openapi::{Enum, Object};

use crate::{
    adapters::http::{
        json_body::{Fields, FromFields},
        nullable::Nullable,
        problem::{Problem, TOO_EARLY},
        signing_algorithm::AlgorithmName,
    },
    domain::{KeyId, KeyState, KeyTimings, LostTokens, SigningAlgorithm, StoredKey},
    usecases::keys::{ListedKey, Revoked, Rotation},
};

/// Where a signing key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase", rename = "KeyState")]
pub(super) enum KeyStateName {
    /// Published, and the one that signs next.
    Next,
    /// Published, and the one that signs.
    Active,
    /// Published for the tokens that it signed.
    Retired,
    /// Not published; its private part is deleted.
    Expired,
}

/// A signing key.
#[derive(Object)]
#[oai(rename = "SigningKey", example)]
pub(super) struct KeyItem {
    /// The key's id, the `kid` of its tokens.
    kid: String,
    /// What it signs with.
    algorithm: AlgorithmName,
    /// Where it stands in its life.
    state: KeyStateName,
    /// From when on the key set shows it.
    published_at: DateTime<Utc>,
    /// From when on it signed; null where it never did.
    activated_at: Nullable<DateTime<Utc>>,
    /// From when on it signed no more; null until then.
    retired_at: Nullable<DateTime<Utc>>,
    /// From when on the key set did not show it any more; null until then.
    expired_at: Nullable<DateTime<Utc>>,
    /// When the last of its tokens expires; null until it is retired.
    tokens_expire_at: Nullable<DateTime<Utc>>,
    /// When it may go over to its next state: sign, retire or expire; null where it has
    /// expired, or that cannot be told.
    leaves_state_from: Nullable<DateTime<Utc>>,
    /// Names the master key that wraps it; null once it has expired.
    master_key_id: Nullable<String>,
}

/// How to rotate.
#[derive(Default, Object)]
#[oai(example)]
pub(super) struct RotateKeysRequest {
    /// What the next key must sign with; by default what it is made for.
    pub(super) algorithm: Option<AlgorithmName>,
}

/// Which key is what from now on.
#[derive(Object)]
#[oai(example)]
pub(super) struct RotatedKeys {
    /// The key that signs now.
    active: String,
    /// The key that signed before. It stays published until its tokens have expired.
    retired: String,
    /// The key that was made to sign next.
    next: String,
}

/// What a revocation did.
#[derive(Object)]
#[oai(example)]
pub(super) struct RevokedKey {
    /// The key's id.
    kid: String,
    /// What the key was until now.
    was: KeyStateName,
    /// Whether tokens die: false where the key never signed.
    tokens_die: bool,
    /// When the last of the dead tokens would have expired; null where that cannot be told.
    tokens_expire_at: Nullable<DateTime<Utc>>,
    /// For how many seconds verifiers that cached the key set may still accept them.
    cached_for: u64,
    /// The key that took over from a revoked active one; null where none did.
    signs_now: Nullable<String>,
    /// From when on every verifier knows that key; null where they all do already.
    known_from: Nullable<DateTime<Utc>>,
    /// The same in words.
    message: String,
}

impl RotatedKeys {
    pub(super) fn new(rotation: Rotation) -> Result<Self, Problem> {
        match rotation {
            Rotation::Done {
                retired,
                active,
                next,
            } => Ok(Self {
                active: active.to_string(),
                retired: retired.to_string(),
                next: next.to_string(),
            }),
            Rotation::NotBefore {
                next,
                replaced,
                at,
                wait,
            } => {
                let at = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                let done = match replaced {
                    None => format!("nothing was changed: the next key {next}"),
                    Some(former) => {
                        format!("{next} is the next key now, in place of {former}, and")
                    }
                };
                let detail = format!("{done} may sign from {at}, when every verifier knows it");
                Err(Problem::conflict(TOO_EARLY, detail).retry_after(wait))
            }
        }
    }
}

impl RevokedKey {
    pub(super) fn new(kid: &KeyId, revoked: &Revoked, timings: KeyTimings) -> Self {
        let cached_for = (timings.jwks_max_age + timings.staleness).as_secs();
        let (tokens_die, tokens_expire_at) = match revoked.lost {
            LostTokens::None => (false, None),
            LostTokens::All { latest_expiry } => (true, latest_expiry),
        };
        let message = if tokens_die {
            format!(
                "All tokens that key {kid} signed are refused from now on. Verifiers that cached \
                 the key set may accept them for up to {cached_for} s more."
            )
        } else {
            format!("Key {kid} never signed: no token dies.")
        };
        Self {
            kid: kid.to_string(),
            was: revoked.was.into(),
            tokens_die,
            tokens_expire_at: tokens_expire_at.into(),
            cached_for,
            signs_now: revoked.signs_now.as_ref().map(ToString::to_string).into(),
            known_from: revoked.known_from.into(),
            message,
        }
    }
}

impl From<ListedKey> for KeyItem {
    fn from(listed: ListedKey) -> Self {
        let StoredKey {
            record,
            life,
            sealed,
            ..
        } = listed.key;
        Self {
            kid: record.kid.to_string(),
            algorithm: record.algorithm.into(),
            state: life.state.into(),
            published_at: life.published_at,
            activated_at: life.activated_at.into(),
            retired_at: life.retired_at.into(),
            expired_at: life.expired_at.into(),
            tokens_expire_at: life.tokens_expire_at.into(),
            leaves_state_from: listed.leaves_state_from.into(),
            master_key_id: sealed
                .map(|envelope| envelope.master_key_id.to_string())
                .into(),
        }
    }
}

impl FromFields for RotateKeysRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let message = "must be `RS256`, `PS256`, `ES256` or `EdDSA`";
        let algorithm = fields.optional_name("algorithm", message, |text| {
            text.parse()
                .ok()
                .map(|algorithm: SigningAlgorithm| algorithm.into())
        });
        Some(Self { algorithm })
    }
}

impl From<KeyState> for KeyStateName {
    fn from(state: KeyState) -> Self {
        match state {
            KeyState::Next => Self::Next,
            KeyState::Active => Self::Active,
            KeyState::Retired => Self::Retired,
            KeyState::Expired => Self::Expired,
        }
    }
}

impl From<KeyStateName> for KeyState {
    fn from(name: KeyStateName) -> Self {
        match name {
            KeyStateName::Next => Self::Next,
            KeyStateName::Active => Self::Active,
            KeyStateName::Retired => Self::Retired,
            KeyStateName::Expired => Self::Expired,
        }
    }
}

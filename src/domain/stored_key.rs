use std::time::Duration;

use super::{Envelope, KeyRecord, KeyState, KeyTimings, Timestamp};

/// A signing key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    pub record: KeyRecord,
    pub life: KeyLife,
    /// The public JWK, for history: what is published is derived from the
    /// private part.
    pub public_jwk: String,
    /// The private part; none once the key has expired.
    pub sealed: Option<Envelope>,
}

impl StoredKey {
    pub(super) fn expire(&mut self, at: Timestamp) {
        self.life = self.life.expired(at);
        self.sealed = None;
    }

    /// It is not to sign next any more. One that signed elsewhere before goes on
    /// verifying that.
    pub(super) fn leave(&mut self, at: Timestamp) {
        if self.life.longest_lifetime.is_zero() {
            self.expire(at);
        } else {
            self.life = self.life.retired(at, Duration::ZERO);
        }
    }
}

/// What verifiers refuse once a key is unpublished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostTokens {
    /// It never signed.
    None,
    /// All that it signed.
    All {
        /// When the last of them would have expired; None where that cannot be told.
        latest_expiry: Option<Timestamp>,
    },
}

/// A key's state and how it came there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyLife {
    pub state: KeyState,
    pub published_at: Timestamp,
    pub activated_at: Option<Timestamp>,
    pub retired_at: Option<Timestamp>,
    pub expired_at: Option<Timestamp>,
    /// The longest lifetime of the tokens that any server signed with it.
    pub longest_lifetime: Duration,
    /// The longest that any server goes on signing with it after its
    /// retirement, by that server's settings.
    pub still_signing: Duration,
    /// The longest that any server that publishes it as the next key wants it
    /// published before it signs, by that server's settings.
    pub publish_ahead: Duration,
    /// The latest expiry that any of its tokens can have; known from its
    /// retirement on.
    pub tokens_expire_at: Option<Timestamp>,
}

impl KeyLife {
    /// No token lives longer: ten years, which every clock and database can add
    /// to a date.
    pub const LONGEST_LIFETIME: Duration = Duration::from_hours(24 * 3650);

    /// Of a key that is published from now on and signs later.
    pub fn next(now: Timestamp) -> Self {
        Self {
            state: KeyState::Next,
            published_at: now,
            activated_at: None,
            retired_at: None,
            expired_at: None,
            longest_lifetime: Duration::ZERO,
            still_signing: Duration::ZERO,
            publish_ahead: Duration::ZERO,
            tokens_expire_at: None,
        }
    }

    #[must_use]
    pub fn activated(self, now: Timestamp) -> Self {
        Self {
            state: KeyState::Active,
            activated_at: Some(now),
            ..self
        }
    }

    /// `still_signing`: how long some server may go on signing with it.
    #[must_use]
    pub fn retired(self, now: Timestamp, still_signing: Duration) -> Self {
        let still_signing = still_signing.max(self.still_signing);
        Self {
            state: KeyState::Retired,
            retired_at: Some(now),
            tokens_expire_at: Some(now + still_signing + self.longest_lifetime),
            ..self
        }
    }

    #[must_use]
    pub fn expired(self, now: Timestamp) -> Self {
        Self {
            state: KeyState::Expired,
            expired_at: Some(now),
            ..self
        }
    }

    /// Which tokens die when the key is revoked at `now`.
    pub fn lost_tokens(&self, now: Timestamp, timings: KeyTimings) -> LostTokens {
        let latest_expiry = match self.state {
            KeyState::Next if self.longest_lifetime.is_zero() => return LostTokens::None,
            // Imported: it signed elsewhere, for how much longer nobody can tell here.
            KeyState::Next => None,
            // Servers that have not reread yet go on signing with it.
            KeyState::Active => {
                let still_signing = timings.signs_after_retirement();
                self.retired(now, still_signing).tokens_expire_at
            }
            KeyState::Retired | KeyState::Expired => self.tokens_expire_at,
        };
        LostTokens::All { latest_expiry }
    }

    /// When the next key is to take over from this active one.
    pub fn rotation_due_at(&self, timings: KeyTimings) -> Timestamp {
        self.activated_at.unwrap_or(self.published_at) + timings.rotation_interval
    }

    /// From when on this retired key need not be published any more. By the
    /// staleness and the skew of this server or of the one that said in the row
    /// that its are longer.
    pub fn may_expire_from(&self, timings: KeyTimings) -> Option<Timestamp> {
        let said = self.still_signing.saturating_sub(KeyTimings::COMMIT_DELAY);
        Some(self.tokens_expire_at? + timings.published_after_expiry().max(said))
    }
}

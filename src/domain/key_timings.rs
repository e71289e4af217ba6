use std::time::Duration;

use thiserror::Error;

/// The times that a signing key's life follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTimings {
    /// How long a key signs before the next one takes over.
    pub rotation_interval: Duration,
    /// How long verifiers may use the key set without asking again.
    pub jwks_max_age: Duration,
    /// How far the clocks of two servers, or of a server and a verifier, may
    /// be apart.
    pub clock_skew: Duration,
    /// How often a server rereads the key set.
    pub refresh: Duration,
    /// How old a key set a server may sign from.
    pub staleness: Duration,
    /// The lifetime of this server's access tokens.
    pub token_lifetime: Duration,
}

/// A configuration under which some token could not be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyTimingsError {
    #[error(
        "the rotation interval ({interval:?}) must be at least as long as a key is published \
         before it signs: JWKS max-age {max_age:?} + staleness {staleness:?} + clock skew {skew:?} \
         + commit delay {:?} = {:?}", KeyTimings::COMMIT_DELAY,
        *.max_age + *.staleness + *.skew + KeyTimings::COMMIT_DELAY
    )]
    IntervalTooShort {
        interval: Duration,
        max_age: Duration,
        staleness: Duration,
        skew: Duration,
    },
    #[error(
        "the key set must be reread at least twice ({refresh:?} × 2 = {:?}) before it is too old \
         to sign from ({staleness:?})", *.refresh * 2
    )]
    RefreshTooSlow {
        refresh: Duration,
        staleness: Duration,
    },
}

impl KeyTimings {
    pub fn check(self) -> Result<Self, KeyTimingsError> {
        if self.rotation_interval < self.publish_ahead() {
            return Err(KeyTimingsError::IntervalTooShort {
                interval: self.rotation_interval,
                max_age: self.jwks_max_age,
                staleness: self.staleness,
                skew: self.clock_skew,
            });
        }
        if self.refresh * 2 > self.staleness {
            return Err(KeyTimingsError::RefreshTooSlow {
                refresh: self.refresh,
                staleness: self.staleness,
            });
        }
        Ok(self)
    }

    /// The longest time from when a change is dated to when it is stored for
    /// others to read.
    pub const COMMIT_DELAY: Duration = Duration::from_secs(10);

    /// How much of that may be over when the commit begins; a later change is
    /// refused. The rest is for the disk.
    pub const COMMIT_BEGINS_WITHIN: Duration = Duration::from_secs(5);

    /// How long a key is published before it signs. A verifier may hold for
    /// `jwks_max_age` an answer of a server that last reread `staleness` ago,
    /// and servers judge the time by clocks that are `clock_skew` apart.
    pub fn publish_ahead(self) -> Duration {
        self.jwks_max_age + self.staleness + self.clock_skew + Self::COMMIT_DELAY
    }

    /// How long after the date of a key's retirement some server may still sign
    /// with it: one that has not reread yet, its clock running ahead.
    pub fn signs_after_retirement(self) -> Duration {
        self.staleness + self.clock_skew + Self::COMMIT_DELAY
    }

    /// How long a retired key stays published after its last token expired.
    pub fn published_after_expiry(self) -> Duration {
        self.staleness + self.clock_skew
    }
}

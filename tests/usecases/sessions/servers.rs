use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use signet::{
    adapters::memory::MemoryStore,
    domain::{KeyTimings, MonotonicTime, RsaKeySize, SessionTerms, SigningAlgorithm, Timestamp},
    ports::{Clock, SessionStore},
    usecases::{
        IssuedTokens, TokenIssuer,
        keys::{KeyMaker, KeyRing, MaintainKeys, RotateRefreshKey},
        sessions::RefreshSession,
    },
};

use crate::support::{
    clock::ManualClock,
    entropy::CountingEntropy,
    fixtures::{key_timings, master_key, master_keys},
    fresh_keys::FreshKeys,
    tokens::token_policy,
};

/// One of several servers on one store, with a clock of its own.
pub struct Server {
    pub refresh: RefreshSession,
    pub upkeep: MaintainKeys,
    pub rotate: RotateRefreshKey,
    pub clock: Arc<OwnClock>,
}

/// A clock that shows another time than the world's.
pub struct OwnClock {
    world: Arc<ManualClock>,
    /// How far it always is ahead, in milliseconds.
    skew: i64,
    /// How far it is ahead besides, until someone sets it right.
    jump: AtomicI64,
}

impl OwnClock {
    pub fn jump(&self, millis: i64) {
        self.jump.store(millis, Ordering::Relaxed);
    }
}

impl Clock for OwnClock {
    fn now(&self) -> Timestamp {
        let ahead = self.skew + self.jump.load(Ordering::Relaxed);
        self.world.now() + TimeDelta::milliseconds(ahead)
    }

    fn monotonic(&self) -> MonotonicTime {
        self.world.monotonic()
    }
}

impl Server {
    pub fn new(
        store: &Arc<MemoryStore>,
        sessions: &Arc<dyn SessionStore>,
        world: &Arc<ManualClock>,
        entropy: &Arc<CountingEntropy>,
        terms: SessionTerms,
        skew: i64,
    ) -> Self {
        let clock = Arc::new(OwnClock {
            world: world.clone(),
            skew,
            jump: AtomicI64::new(0),
        });
        let timings = KeyTimings {
            rotation_interval: Duration::from_hours(24 * 3650),
            ..key_timings()
        };
        let maker = Arc::new(KeyMaker {
            generator: Arc::new(FreshKeys),
            clock: clock.clone(),
            entropy: entropy.clone(),
            master_key: master_key(),
            algorithm: SigningAlgorithm::EdDsa,
            rsa_size: RsaKeySize::Bits2048,
        });
        let upkeep = MaintainKeys {
            keys: store.clone(),
            maker: maker.clone(),
            clock: clock.clone(),
            master_keys: Arc::new(master_keys()),
            timings,
            ring: Arc::new(KeyRing::new(timings.staleness)),
        };
        let issuer = TokenIssuer {
            ring: upkeep.ring.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            policy: token_policy(),
            terms,
            issued: IssuedTokens::default(),
        };
        Self {
            refresh: RefreshSession {
                sessions: sessions.clone(),
                issuer: Arc::new(issuer),
            },
            upkeep,
            rotate: RotateRefreshKey {
                keys: store.clone(),
                maker,
                timings,
            },
            clock,
        }
    }
}

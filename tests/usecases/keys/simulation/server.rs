//! One of the servers.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use signet::{
    adapters::memory::MemoryStore,
    domain::{KeyId, KeyState, KeyTimings, RsaKeySize, SigningAlgorithm, Timestamp},
    ports::Clock,
    usecases::keys::{KeyMaker, KeyRing, MaintainKeys, PublishKeys, RevokeKey, RotateKeys},
};

use super::link::{Flaw, Link};
use crate::support::{
    clock::{ManualClock, SkewedClock},
    entropy::CountingEntropy,
    fixtures::{an_initiator, master_keys},
    fresh_keys::FreshKeys,
};

pub struct SimulatedServer {
    pub link: Arc<Link>,
    pub clock: Arc<SkewedClock>,
    pub timings: KeyTimings,
    /// `None` while it is down.
    pub running: Option<MaintainKeys>,
    pub refresh_due: Timestamp,
    pub cut_until: Timestamp,
    /// It restarts with these when it is not cut off any more.
    pub returns_with: Option<KeyTimings>,
}

impl SimulatedServer {
    pub fn new(
        store: Arc<MemoryStore>,
        world: Arc<ManualClock>,
        ahead: TimeDelta,
        timings: KeyTimings,
        flaw: Flaw,
    ) -> Self {
        let now = world.now();
        Self {
            link: Arc::new(Link {
                store,
                cut: AtomicBool::new(false),
                flaw,
                timings: Mutex::new(timings),
            }),
            clock: Arc::new(SkewedClock::new(world, ahead)),
            timings,
            running: None,
            refresh_due: now,
            cut_until: now,
            returns_with: None,
        }
    }

    fn maker(&self) -> Arc<KeyMaker> {
        Arc::new(KeyMaker {
            generator: Arc::new(FreshKeys),
            clock: self.clock.clone(),
            entropy: Arc::new(CountingEntropy::default()),
            master_key: master_keys().current().clone(),
            algorithm: SigningAlgorithm::EdDsa,
            rsa_size: RsaKeySize::Bits2048,
        })
    }

    /// Starts, or restarts, with these settings.
    pub async fn start(&mut self, timings: KeyTimings) {
        self.timings = timings;
        *self.link.timings.lock().unwrap() = timings;
        let maintain = MaintainKeys {
            keys: self.link.clone(),
            maker: self.maker(),
            clock: self.clock.clone(),
            master_keys: Arc::new(master_keys()),
            timings,
            ring: Arc::new(KeyRing::new(timings.staleness)),
        };
        // As a real server does, it starts only when it can read the keys.
        let started = maintain.run().await.is_ok();
        self.running = started.then_some(maintain);
    }

    pub async fn reread(&mut self) {
        let now = self.clock.base.now();
        self.refresh_due = now + self.timings.refresh;
        if self.cut_until <= now {
            self.link.cut.store(false, Ordering::SeqCst);
            if let Some(timings) = self.returns_with.take() {
                self.running = None;
                self.timings = timings;
            }
        }
        match &self.running {
            // A partitioned server fails here and goes on.
            Some(running) => drop(running.run().await),
            // An operator tries again and again.
            None => self.start(self.timings).await,
        }
    }

    pub fn cut(&mut self, until: Timestamp) {
        self.cut_until = until;
        self.link.cut.store(true, Ordering::SeqCst);
    }

    pub fn is_cut(&self) -> bool {
        self.link.cut.load(Ordering::SeqCst)
    }

    /// An operator asks this server's machine to rotate by the rules. The
    /// change is planned and dated at once, and takes `delay` to be committed:
    /// now.
    pub async fn rotate(&mut self, delay: Duration) {
        let ahead = self.clock.ahead();
        self.clock
            .set_ahead(ahead - TimeDelta::from_std(delay).unwrap());
        let rotate = RotateKeys {
            keys: self.link.clone(),
            maker: self.maker(),
            clock: self.clock.clone(),
            timings: self.timings,
        };
        // Too early, or cut off: nothing happens.
        let _ = rotate.run(&an_initiator(), None).await;
        self.clock.set_ahead(ahead);
        self.reread().await;
    }

    fn revoke_key(&self) -> RevokeKey {
        RevokeKey {
            keys: self.link.clone(),
            maker: self.maker(),
            clock: self.clock.clone(),
            timings: self.timings,
        }
    }

    /// Revokes the active key and returns it, with its successor and the time
    /// from which every verifier knows that.
    pub async fn revoke_active(&mut self) -> Option<(KeyId, KeyId, Option<Timestamp>)> {
        let set = self.link.seen().await;
        let kid = set.in_state(KeyState::Active)?.record.kid.clone();
        let revoked = self
            .revoke_key()
            .run(&an_initiator(), &kid, Some(KeyState::Active))
            .await
            .ok()?;
        self.reread().await;
        Some((kid, revoked.signs_now?, revoked.known_from))
    }

    /// Revokes the next key, which never signed.
    pub async fn replace_next(&mut self) {
        let set = self.link.seen().await;
        if let Some(next) = set.in_state(KeyState::Next) {
            let revoke = self.revoke_key();
            // Cut off: nothing happens.
            let _ = revoke
                .run(&an_initiator(), &next.record.kid, Some(KeyState::Next))
                .await;
            self.reread().await;
        }
    }

    /// When its clock tells this time.
    pub fn reaches(&self, time: Timestamp) -> Timestamp {
        time - self.clock.ahead()
    }

    /// The last moment at which it signs from what it has read.
    pub fn stale_at(&self) -> Option<Timestamp> {
        let loaded = self.running.as_ref()?.ring.published()?;
        let age = self.clock.monotonic().since(loaded.read_at);
        let left = self.timings.staleness.checked_sub(age)?;
        Some(self.clock.base.now() + left)
    }

    /// The key of a token that it issues now, and when that expires, by its clock.
    pub fn issue(&self) -> Option<(KeyId, Timestamp)> {
        let running = self.running.as_ref()?;
        let keys = running.ring.signing(self.clock.monotonic()).ok()?;
        let expires = self.clock.now() + self.timings.token_lifetime;
        Some((keys.active.kid().clone(), expires))
    }

    /// The key set as verifiers fetch it, and for how long they may use it.
    pub fn publish(&self) -> Option<(BTreeSet<KeyId>, Duration)> {
        let running = self.running.as_ref()?;
        let publish = PublishKeys {
            ring: running.ring.clone(),
            clock: self.clock.clone(),
            max_age: self.timings.jwks_max_age,
        };
        let published = publish.run()?;
        let set: JwkSet = serde_json::from_str(published.jwks.json()).unwrap();
        let kid = |key: Jwk| key.common.key_id.unwrap().parse().unwrap();
        Some((set.keys.into_iter().map(kid).collect(), published.max_age))
    }
}

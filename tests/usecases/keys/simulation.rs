//! Servers, verifiers and tokens over simulated time.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use signet::{
    adapters::memory::MemoryStore,
    domain::{
        KeyChange, KeyId, KeySet, KeyTimings, MonotonicTime, RsaKeySize, SigningAlgorithm,
        Timestamp,
    },
    ports::{Clock, KeyChanged, KeyStore, StorageError},
    usecases::keys::{KeyMaker, KeyRing, MaintainKeys, PublishKeys, RotateKeys},
};

use crate::support::{
    clock::ManualClock, entropy::CountingEntropy, fixtures::master_keys, fresh_keys::FreshKeys,
};

/// The one clock of the world, as a server with a wrong one sees it.
struct SkewedClock {
    world: Arc<ManualClock>,
    ahead: TimeDelta,
}

impl Clock for SkewedClock {
    fn now(&self) -> Timestamp {
        self.world.now() + self.ahead
    }

    fn monotonic(&self) -> MonotonicTime {
        self.world.monotonic()
    }
}

/// The servers' common store, from which one server can be cut off, and which
/// may claim that keys were published earlier than they were.
struct Link {
    store: Arc<MemoryStore>,
    cut: AtomicBool,
    backdate: Duration,
}

#[async_trait]
impl KeyStore for Link {
    async fn load(&self) -> Result<KeySet, StorageError> {
        if self.cut.load(Ordering::SeqCst) {
            return Err(StorageError::unavailable("partitioned"));
        }
        let set = self.store.load().await?;
        let mut keys = set.keys().to_vec();
        for key in &mut keys {
            key.life.published_at -= self.backdate;
        }
        Ok(KeySet::new(keys, set.refresh_keys().to_vec()))
    }

    async fn change(
        &self,
        change: &KeyChange,
        clock: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        if self.cut.load(Ordering::SeqCst) {
            return Err(StorageError::unavailable("partitioned"));
        }
        self.store.change(change, clock).await
    }
}

struct SimulatedServer {
    link: Arc<Link>,
    clock: Arc<SkewedClock>,
    timings: KeyTimings,
    /// `None` while it is down.
    running: Option<MaintainKeys>,
    refresh_due: Timestamp,
}

/// A token, as far as verifying it depends on keys and time.
struct Token {
    kid: KeyId,
    expires: Timestamp,
}

/// A service that fetches the key set when its copy is too old.
#[derive(Default)]
struct Verifier {
    kids: BTreeSet<KeyId>,
    fresh_until: Option<Timestamp>,
}

/// What happens next.
#[derive(Clone, Debug)]
pub enum Event {
    /// Time passes, in hundredths of the staleness limit, while all servers
    /// that run and are not partitioned reread on time.
    Pass(u32),
    Stop(usize),
    Start(usize),
    Partition(usize),
    Heal(usize),
    /// An operator asks this server's machine to rotate now, by the rules.
    Rotate(usize),
    Issue(usize),
    /// A verifier verifies every living token, fetching from this server when
    /// its own copy is too old.
    Verify(usize, usize),
}

impl SimulatedServer {
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
}

pub struct Simulation {
    world: Arc<ManualClock>,
    timings: KeyTimings,
    servers: Vec<SimulatedServer>,
    verifiers: Vec<Verifier>,
    tokens: Vec<Token>,
}

impl Simulation {
    /// `lifetimes`: each server's lifetime of tokens. `skews`: how far each
    /// server's clock is ahead. `backdate`: zero, but for a world in which keys
    /// sign without having been published ahead.
    pub fn new(
        timings: KeyTimings,
        lifetimes: &[Duration],
        skews: &[TimeDelta],
        backdate: Duration,
    ) -> Self {
        let world = Arc::new(ManualClock::new());
        let store = Arc::new(MemoryStore::default());
        let servers = lifetimes.iter().zip(skews).map(|(lifetime, ahead)| {
            let world = world.clone();
            SimulatedServer {
                link: Arc::new(Link {
                    store: store.clone(),
                    cut: AtomicBool::new(false),
                    backdate,
                }),
                refresh_due: world.now(),
                clock: Arc::new(SkewedClock {
                    world,
                    ahead: *ahead,
                }),
                timings: KeyTimings {
                    token_lifetime: *lifetime,
                    ..timings
                },
                running: None,
            }
        });
        Self {
            servers: servers.collect(),
            world,
            timings,
            verifiers: (0..3).map(|_| Verifier::default()).collect(),
            tokens: Vec::new(),
        }
    }

    /// Plays one event; an error names the token that a verifier could not verify.
    pub async fn play(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Pass(hundredths) => self.pass(*hundredths).await,
            Event::Stop(server) => self.server(*server).running = None,
            Event::Start(server) => self.start(*server).await,
            Event::Partition(server) => self.cut(*server, true),
            Event::Heal(server) => self.cut(*server, false),
            Event::Rotate(server) => self.rotate(*server).await,
            Event::Issue(server) => self.issue(*server),
            Event::Verify(verifier, server) => return self.verify(*verifier, *server),
        }
        Ok(())
    }

    fn server(&mut self, index: usize) -> &mut SimulatedServer {
        let count = self.servers.len();
        &mut self.servers[index % count]
    }

    fn cut(&mut self, server: usize, cut: bool) {
        self.server(server).link.cut.store(cut, Ordering::SeqCst);
    }

    async fn pass(&mut self, hundredths: u32) {
        let end = self.world.now() + self.timings.staleness * hundredths / 100;
        while self.world.now() < end {
            let due = self.servers.iter().map(|server| server.refresh_due).min();
            let until = due.unwrap().clamp(self.world.now(), end);
            let step = (until - self.world.now()).to_std().unwrap();
            self.world.advance(step);
            let now = self.world.now();
            for server in &mut self.servers {
                if server.refresh_due <= now {
                    server.refresh_due = now + server.timings.refresh;
                    if let Some(running) = &server.running {
                        // A partitioned server fails here and goes on.
                        let _ = running.run().await;
                    }
                }
            }
        }
        let now = self.world.now();
        self.tokens.retain(|token| token.expires > now);
    }

    async fn start(&mut self, server: usize) {
        let server = self.server(server);
        if server.running.is_some() {
            return;
        }
        let maintain = MaintainKeys {
            keys: server.link.clone(),
            maker: server.maker(),
            clock: server.clock.clone(),
            master_keys: Arc::new(master_keys()),
            timings: server.timings,
            ring: Arc::new(KeyRing::new(server.timings.staleness)),
        };
        // As a real server does, it starts only when it can read the keys.
        if maintain.run().await.is_ok() {
            server.running = Some(maintain);
        }
    }

    async fn rotate(&mut self, server: usize) {
        let server = self.server(server);
        let rotate = RotateKeys {
            keys: server.link.clone(),
            maker: server.maker(),
            clock: server.clock.clone(),
            timings: server.timings,
        };
        // Too early, or cut off: nothing happens.
        let _ = rotate.run(None).await;
    }

    fn issue(&mut self, server: usize) {
        let server = self.server(server);
        let Some(running) = &server.running else {
            return;
        };
        let Ok(keys) = running.ring.signing(server.clock.monotonic()) else {
            return;
        };
        let token = Token {
            kid: keys.active.kid().clone(),
            expires: server.clock.now() + server.timings.token_lifetime,
        };
        self.tokens.push(token);
    }

    fn verify(&mut self, verifier: usize, server: usize) -> Result<(), String> {
        let now = self.world.now();
        let fetched = self.fetch(server);
        let count = self.verifiers.len();
        let verifier = &mut self.verifiers[verifier % count];
        if verifier.fresh_until.is_none_or(|until| until <= now) {
            let Some((kids, max_age)) = fetched else {
                return Ok(());
            };
            verifier.kids = kids;
            verifier.fresh_until = Some(now + max_age);
        }
        let living = self.tokens.iter().filter(|token| token.expires > now);
        for token in living {
            if !verifier.kids.contains(&token.kid) {
                return Err(format!("a token of key {} at {now}", token.kid));
            }
        }
        Ok(())
    }

    /// The key set of a server that is ready, as a load balancer would choose it.
    fn fetch(&self, server: usize) -> Option<(BTreeSet<KeyId>, Duration)> {
        let server = &self.servers[server % self.servers.len()];
        let running = server.running.as_ref()?;
        running.ring.signing(server.clock.monotonic()).ok()?;
        let publish = PublishKeys {
            ring: running.ring.clone(),
            clock: server.clock.clone(),
            max_age: server.timings.jwks_max_age,
        };
        let published = publish.run()?;
        let kids = published.keys.published.keys().cloned().collect();
        Some((kids, published.max_age))
    }
}

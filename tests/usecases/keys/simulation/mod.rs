//! Servers, verifiers and tokens over simulated time.
//!
//! Nothing is left to a lucky meeting: at each moment at which anything can
//! change, just before and just after, every server issues a token, and there
//! are verifiers that fetch the key set from every server and keep it as long
//! as they may. Every living token must verify for all of them.

pub mod link;
mod server;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use signet::{
    adapters::memory::MemoryStore,
    domain::{KeyId, KeyState, KeyTimings, Timestamp},
    ports::Clock,
};

use crate::support::clock::ManualClock;
use link::Flaw;
use server::SimulatedServer;

/// How the error begins when a verifier could not verify a living token.
pub const UNVERIFIED: &str = "a token does not verify: that of key";

/// One rotation as early as it may be, and what happens on the way there.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// Before it, after this share of the time, in percent.
    pub event: (u8, Event),
    /// Whose operator does it.
    pub by: usize,
    /// How long it takes to be committed.
    pub delay: Duration,
    /// The other servers reread just before, and are cut off then until they
    /// may not sign any more.
    pub cuts_others: bool,
    /// They come back with these of the settings, if they restart then.
    pub others_restart: Option<usize>,
}

#[derive(Clone, Debug)]
pub enum Event {
    Nothing,
    /// A server is cut off, for this many percent of the staleness.
    Cut(usize, u32),
    /// A server restarts, with these of the settings that there are.
    Restart(usize, usize),
    /// A server's clock is set.
    SetClock(usize, TimeDelta),
    /// An operator revokes the active key.
    Revoke(usize),
    /// An operator puts another key in place of the next one.
    ReplaceNext(usize),
}

/// A world before anything happened in it.
#[derive(Clone, Debug)]
pub struct World {
    /// The settings that servers may have.
    pub settings: [KeyTimings; 2],
    /// How far each server's clock is ahead. Two of all clocks are at most the
    /// skew apart.
    pub ahead: [TimeDelta; 3],
    pub rotations: Vec<Rotation>,
}

pub struct Simulation {
    world: Arc<ManualClock>,
    settings: [KeyTimings; 2],
    servers: Vec<SimulatedServer>,
    /// Until when some verifier may use this key set.
    copies: HashMap<BTreeSet<KeyId>, Timestamp>,
    /// When the last token of each key is dead for every verifier.
    alive_until: HashMap<KeyId, Timestamp>,
    revoked: BTreeSet<KeyId>,
    /// Until when a key signs earlier than by the rules.
    signs_early: HashMap<KeyId, Timestamp>,
}

impl Simulation {
    /// Plays the world; an error names the token that a verifier could not verify.
    pub async fn play(world: &World, flaw: Flaw) -> Result<(), String> {
        let mut simulation = Self::new(world, flaw);
        for server in &mut simulation.servers {
            server.start(server.timings).await;
        }
        for rotation in &world.rotations {
            simulation.rotate(rotation).await?;
        }
        let longest = world.settings.map(|timings| {
            timings.signs_after_retirement() * 2 + timings.token_lifetime + timings.clock_skew
        });
        let end = simulation.world.now() + *longest.iter().max().unwrap();
        simulation.pass(end).await
    }

    fn new(world: &World, flaw: Flaw) -> Self {
        let clock = Arc::new(ManualClock::new());
        let store = Arc::new(MemoryStore::default());
        let server = |(index, ahead): (usize, &TimeDelta)| {
            let timings = world.settings[index % 2];
            SimulatedServer::new(store.clone(), clock.clone(), *ahead, timings, flaw)
        };
        Self {
            servers: world.ahead.iter().enumerate().map(server).collect(),
            world: clock,
            settings: world.settings,
            copies: HashMap::new(),
            alive_until: HashMap::new(),
            revoked: BTreeSet::new(),
            signs_early: HashMap::new(),
        }
    }

    async fn rotate(&mut self, rotation: &Rotation) -> Result<(), String> {
        let now = self.world.now();
        let (percent, event) = &rotation.event;
        let ahead = (self.earliest(rotation).await - now).max(TimeDelta::zero());
        self.pass(now + ahead * i32::from(*percent) / 100).await?;
        self.happen(event).await?;
        let earliest = self.earliest(rotation).await;
        self.pass(earliest.max(self.world.now())).await?;
        let now = self.world.now();
        for (index, server) in self.servers.iter_mut().enumerate() {
            if rotation.cuts_others && index != rotation.by {
                server.reread().await;
                server.cut(now + server.timings.staleness + Duration::from_millis(1));
                let settings = rotation.others_restart;
                server.returns_with = settings.map(|settings| self.settings[settings]);
            }
        }
        self.probe()?;
        self.servers[rotation.by].rotate(rotation.delay).await;
        self.probe()
    }

    /// When the rotation may be carried out: by the rules as its server takes them.
    async fn earliest(&self, rotation: &Rotation) -> Timestamp {
        let server = &self.servers[rotation.by];
        let set = server.link.seen().await;
        let next = set.in_state(KeyState::Next).unwrap();
        server.reaches(set.may_sign_from(next, server.timings)) + rotation.delay
    }

    async fn happen(&mut self, event: &Event) -> Result<(), String> {
        let now = self.world.now();
        match event {
            Event::Nothing => {}
            Event::Cut(server, percent) => {
                let server = &mut self.servers[*server];
                server.cut(now + server.timings.staleness * *percent / 100);
            }
            Event::Restart(server, settings) => {
                self.servers[*server].start(self.settings[*settings]).await;
            }
            Event::SetClock(server, ahead) => self.servers[*server].clock.set_ahead(*ahead),
            Event::ReplaceNext(server) => self.servers[*server].replace_next().await,
            Event::Revoke(server) => {
                let revoked = self.servers[*server].revoke_active().await;
                if let Some((kid, successor, known_from)) = revoked {
                    self.revoked.insert(kid);
                    let skew = self.settings[0].clock_skew;
                    let early = known_from.map(|from| (successor, from + skew));
                    self.signs_early.extend(early);
                }
            }
        }
        self.probe()
    }

    /// Lets time pass while servers reread, in time and whenever something is
    /// due by their clocks.
    async fn pass(&mut self, end: Timestamp) -> Result<(), String> {
        loop {
            let now = self.world.now();
            let (at, rereads) = self.next_moment(now, end).await;
            self.world.advance((at - now).to_std().unwrap());
            self.probe()?;
            if at == end {
                return Ok(());
            }
            for (index, server) in self.servers.iter_mut().enumerate() {
                if server.refresh_due <= at || rereads == Some(index) {
                    server.reread().await;
                }
            }
            self.probe()?;
        }
    }

    /// The next moment at which anything can change, and the server that acts
    /// out of turn then.
    async fn next_moment(&self, now: Timestamp, end: Timestamp) -> (Timestamp, Option<usize>) {
        let mut moments = vec![(end, None)];
        for (index, server) in self.servers.iter().enumerate() {
            moments.push((server.refresh_due, None));
            moments.extend(server.stale_at().map(|at| (at, None)));
            if server.is_cut() {
                moments.push((server.cut_until, Some(index)));
                continue;
            }
            for key in server.link.seen().await.keys() {
                if key.life.state == KeyState::Retired {
                    let due = key.life.may_expire_from(server.timings);
                    moments.extend(due.map(|at| (server.reaches(at), Some(index))));
                }
            }
        }
        let later = |(at, _): &(Timestamp, Option<usize>)| *at > now;
        let next = moments.into_iter().filter(later).min_by_key(|(at, _)| *at);
        next.filter(|(at, _)| *at < end).unwrap_or((end, None))
    }

    /// Every server issues a token and publishes its keys; every verifier
    /// verifies every token.
    fn probe(&mut self) -> Result<(), String> {
        let now = self.world.now();
        // The clock that is furthest behind of those that a verifier may have.
        let behind = self.settings[0].clock_skew / 2;
        for server in &self.servers {
            if let Some((kid, expires)) = server.issue() {
                let alive_until = self.alive_until.entry(kid).or_insert(now);
                *alive_until = (*alive_until).max(expires + behind);
            }
            if let Some((kids, max_age)) = server.publish() {
                let fresh_until = self.copies.entry(kids).or_insert(now);
                *fresh_until = (*fresh_until).max(now + max_age);
            }
        }
        self.copies.retain(|_, fresh_until| *fresh_until > now);
        self.alive_until.retain(|_, until| *until > now);
        self.signs_early.retain(|_, until| *until > now);
        for kid in self.alive_until.keys() {
            if self.revoked.contains(kid) || self.signs_early.contains_key(kid) {
                continue;
            }
            if self.copies.keys().any(|copy| !copy.contains(kid)) {
                return Err(format!("{UNVERIFIED} {kid} at {now}"));
            }
        }
        Ok(())
    }
}

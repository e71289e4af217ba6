//! A user's session on several servers: one owner with tabs, one thief with
//! copies, clocks that disagree and jump, refresh keys that rotate.

mod event;
mod presenting;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use signet::{
    adapters::memory::MemoryStore,
    domain::{NewUser, Outcome, SessionId, SessionTerms, Timestamp},
    ports::{Clock, SessionStore, UserRepo},
    usecases::keys::FormerKeys,
};

use super::{
    fixture::log_in,
    flaws::{Flaw, FlawedStore},
    servers::Server,
};
use crate::support::{
    clock::ManualClock,
    entropy::CountingEntropy,
    fixtures::{an_act, an_initiator, new_user},
};
pub use event::Event;
use presenting::parsed;

pub struct Simulation {
    store: Arc<MemoryStore>,
    sessions: Arc<dyn SessionStore>,
    clock: Arc<ManualClock>,
    servers: Vec<Server>,
    session: SessionId,
    terms: SessionTerms,
    skew: Duration,
    /// Every refresh token that was ever handed out, by its generation.
    tokens: BTreeMap<u32, String>,
    /// When each was consumed, by the clock of the world.
    consumed: BTreeMap<u32, Timestamp>,
    owner: String,
    thief: Option<String>,
    /// When the owner first presented the token that they hold.
    presented: Option<Timestamp>,
    /// When the session's current token was made, and its first one.
    rotated: Timestamp,
    began: Timestamp,
    /// Whether nobody stole a token.
    honest: bool,
    /// Whether no clock jumped.
    steady: bool,
    /// Whether something else than theft may have ended the session.
    over: bool,
}

/// How long the world exists before the session begins: no clock jumps back
/// beyond that.
const BEFORE: Duration = Duration::from_hours(2);

impl Simulation {
    /// `skews`: how far each server's clock is ahead, in milliseconds.
    pub async fn new(terms: SessionTerms, skews: &[i64], flaw: Option<Flaw>) -> Self {
        let store = Arc::new(MemoryStore::default());
        let sessions: Arc<dyn SessionStore> = match flaw {
            None => store.clone(),
            Some(flaw) => Arc::new(FlawedStore {
                inner: store.clone(),
                flaw,
            }),
        };
        let clock = Arc::new(ManualClock::new());
        let user: NewUser = new_user("ada", "ada@example.com");
        store.register(&user, &an_act()).await.unwrap();
        let entropy = Arc::new(CountingEntropy::default());
        let servers: Vec<_> = skews
            .iter()
            .map(|skew| Server::new(&store, &sessions, &clock, &entropy, terms, *skew))
            .collect();
        for wait in [Duration::ZERO, BEFORE] {
            clock.advance(wait);
            for server in &servers {
                server.upkeep.run().await.unwrap();
            }
        }
        let issuer = &servers[0].refresh.issuer;
        let login = log_in(&store, issuer, &user).await;
        let owner = login.refresh_token.expose().to_owned();
        let spread = skews.iter().max().unwrap() - skews.iter().min().unwrap();
        Self {
            session: parsed(&owner).session,
            skew: Duration::from_millis(spread.unsigned_abs()),
            tokens: BTreeMap::from([(1, owner.clone())]),
            consumed: BTreeMap::new(),
            rotated: clock.now(),
            began: clock.now(),
            store,
            sessions,
            clock,
            servers,
            terms,
            owner,
            thief: None,
            presented: None,
            honest: true,
            steady: true,
            over: false,
        }
    }

    pub async fn play(&mut self, event: &Event) -> Result<(), String> {
        match *event {
            Event::Pass { millis } => self.pass(millis).await,
            Event::Refresh { server } => {
                let token = self.owner.clone();
                if let Some(next) = self.owner_presents(server, &token).await? {
                    self.keep(next);
                }
                Ok(())
            }
            Event::LoseAnswer { server } => {
                let token = self.owner.clone();
                self.owner_presents(server, &token).await.map(drop)
            }
            Event::TwoTabs { servers } => {
                let token = self.owner.clone();
                let first = self.owner_presents(servers[0], &token).await?;
                let second = self.owner_presents(servers[1], &token).await?;
                match (first, second) {
                    (Some(first), Some(second)) if first != second => {
                        Err("two tabs got different tokens".to_owned())
                    }
                    (_, Some(next)) => {
                        self.keep(next);
                        Ok(())
                    }
                    _ => Ok(()),
                }
            }
            Event::Steal { server, back } => {
                self.honest = false;
                let copy = self.tokens.values().rev().nth(back % self.tokens.len());
                let copy = copy.unwrap().clone();
                self.thief = self.present(server, &copy).await?;
                Ok(())
            }
            Event::Rival { server } => {
                if let Some(token) = self.thief.clone() {
                    self.thief = self.present(server, &token).await?;
                }
                Ok(())
            }
            Event::LogOut => {
                self.over = true;
                let ended = self.sessions.end(self.session).await;
                ended.map(drop).map_err(|e| e.to_string())
            }
            Event::Jump { server, millis } => {
                self.steady = false;
                self.servers[server % self.servers.len()].clock.jump(millis);
                Ok(())
            }
            Event::RotateRefreshKey { server } => {
                let rotate = &self.servers[server % self.servers.len()].rotate;
                rotate.run(&an_initiator(), FormerKeys::Keep).await.unwrap();
                Ok(())
            }
        }
    }

    /// At the end all clocks are right, the owner refreshes once more and the
    /// window passes. From then on any older token ends the session, whoever
    /// presents it. After a jump it takes a refresh that makes a new token.
    pub async fn end(&mut self, server: usize, back: usize) -> Result<(), String> {
        for server in &self.servers {
            server.clock.jump(0);
        }
        for _ in 0..if self.steady { 1 } else { 2 } {
            let token = self.owner.clone();
            let Some(next) = self.owner_presents(server, &token).await? else {
                return Ok(());
            };
            self.keep(next);
        }
        let current = self.owner.clone();
        self.clock
            .advance(self.terms.reuse_window + self.skew + self.slack());
        self.upkeep().await;
        let older: Vec<_> = self
            .tokens
            .values()
            .filter(|t| **t != current)
            .cloned()
            .collect();
        let Some(replayed) = older.get(back % older.len().max(1)) else {
            return Ok(());
        };
        if self.present(server + back, replayed).await?.is_some() {
            return Err("an older token was good after the window".to_owned());
        }
        if self.present(server, &current).await?.is_some() {
            return Err("a replay did not end the session".to_owned());
        }
        let log = self.store.auth_log();
        let reuses = log
            .iter()
            .filter(|e| e.outcome == Outcome::RefreshReuse)
            .count();
        if reuses != 1 {
            return Err(format!("{reuses} reuses are in the log"));
        }
        Ok(())
    }

    async fn pass(&mut self, millis: u32) -> Result<(), String> {
        let mut duration = Duration::from_millis(millis.into());
        // An owner whose answer was lost retries before the window ends.
        if let Some(presented) = self.presented {
            let since = (self.clock.now() - presented).to_std().unwrap();
            let patience = self.terms.reuse_window.saturating_sub(self.skew);
            duration = duration.min(patience.saturating_sub(since));
        }
        self.clock.advance(duration);
        self.over |= self.clock.now() >= self.expiry() - self.skew;
        self.upkeep().await;
        Ok(())
    }

    async fn upkeep(&self) {
        for server in &self.servers {
            server.upkeep.run().await.unwrap();
        }
    }

    fn keep(&mut self, token: String) {
        self.owner = token;
        self.presented = None;
    }
}

//! A user's session on several servers: one owner with tabs, one thief with
//! copies, clocks that disagree, refresh keys that rotate.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use signet::{
    adapters::memory::MemoryStore,
    crypto::refresh_token::UnverifiedRefreshToken,
    domain::{
        KeyTimings, NewUser, Outcome, RsaKeySize, SessionId, SessionTerms, SigningAlgorithm,
        Timestamp,
    },
    ports::{Clock, SessionStore, UserRepo},
    usecases::{
        TokenIssuer,
        keys::{FormerKeys, KeyMaker, KeyRing, MaintainKeys, RotateRefreshKey},
        sessions::{RefreshError, RefreshSession},
    },
};

use super::fixture::log_in;
use crate::support::{
    clock::{ManualClock, SkewedClock},
    entropy::CountingEntropy,
    fixtures::{an_origin, key_timings, master_key, master_keys, new_user},
    fresh_keys::FreshKeys,
    tokens::token_policy,
};

#[derive(Clone, Debug)]
pub enum Event {
    Pass {
        millis: u32,
    },
    /// The owner refreshes and gets the answer.
    Refresh {
        server: usize,
    },
    /// The owner refreshes and the answer is lost.
    LoseAnswer {
        server: usize,
    },
    /// Two tabs refresh with one token at once.
    TwoTabs {
        servers: [usize; 2],
    },
    /// The thief presents a copy of one of the owner's tokens, so many back.
    Steal {
        server: usize,
        back: usize,
    },
    /// The thief goes on with what they got.
    Rival {
        server: usize,
    },
    LogOut,
    RotateRefreshKey {
        server: usize,
    },
}

pub struct Simulation {
    store: Arc<MemoryStore>,
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
    pub honest: bool,
    /// Whether something else than theft ended the session.
    pub over: bool,
}

struct Server {
    refresh: RefreshSession,
    upkeep: MaintainKeys,
    rotate: RotateRefreshKey,
}

impl Simulation {
    /// `skews`: how far each server's clock is ahead, in milliseconds.
    pub async fn new(terms: SessionTerms, skews: &[i64]) -> Self {
        let store = Arc::new(MemoryStore::default());
        let clock = Arc::new(ManualClock::new());
        let user: NewUser = new_user("ada", "ada@example.com");
        store.register(&user).await.unwrap();
        let entropy = Arc::new(CountingEntropy::default());
        let mut servers = Vec::new();
        for skew in skews {
            let clock = Arc::new(SkewedClock {
                base: clock.clone(),
                ahead: skew * 1000,
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
            let issuer = Arc::new(TokenIssuer {
                ring: upkeep.ring.clone(),
                clock,
                entropy: entropy.clone(),
                policy: token_policy(),
                terms,
            });
            servers.push(Server {
                refresh: RefreshSession {
                    sessions: store.clone(),
                    issuer,
                },
                upkeep,
                rotate: RotateRefreshKey {
                    keys: store.clone(),
                    maker,
                    timings,
                },
            });
        }
        for server in &servers {
            server.upkeep.run().await.unwrap();
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
            store,
            clock,
            servers,
            terms,
            owner,
            thief: None,
            presented: None,
            honest: true,
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
                self.store
                    .end(self.session)
                    .await
                    .map(drop)
                    .map_err(|e| e.to_string())
            }
            Event::RotateRefreshKey { server } => {
                let rotate = &self.servers[server % self.servers.len()].rotate;
                rotate.run(FormerKeys::Keep).await.unwrap();
                Ok(())
            }
        }
    }

    /// At the end: the owner refreshes once more and the window passes. From
    /// then on any older token ends the session, whoever presents it.
    pub async fn end(&mut self, server: usize, back: usize) -> Result<(), String> {
        let token = self.owner.clone();
        let Some(current) = self.owner_presents(server, &token).await? else {
            return Ok(());
        };
        self.keep(current.clone());
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
        self.upkeep().await;
        Ok(())
    }

    async fn upkeep(&self) {
        for server in &self.servers {
            server.upkeep.run().await.unwrap();
        }
    }

    /// `None`: the session was over, which an honest world never sees.
    async fn owner_presents(
        &mut self,
        server: usize,
        token: &str,
    ) -> Result<Option<String>, String> {
        self.presented.get_or_insert(self.clock.now());
        let answer = self.present(server, token).await?;
        if answer.is_none() && self.honest && !self.over {
            return Err("the owner was logged out".to_owned());
        }
        Ok(answer)
    }

    fn keep(&mut self, token: String) {
        self.owner = token;
        self.presented = None;
    }

    /// A token that was good was not consumed, or not long ago.
    fn check_age(&self, presented: u32) -> Result<(), String> {
        let Some(consumed) = self.consumed.get(&presented) else {
            return Ok(());
        };
        let age = (self.clock.now() - *consumed).to_std().unwrap_or_default();
        let longest = self.terms.reuse_window + self.skew + self.slack();
        if age > longest {
            return Err(format!("a token was good {age:?} after it was consumed"));
        }
        Ok(())
    }

    /// How much longer a token may be good where refreshes are dense.
    fn slack(&self) -> Duration {
        self.terms.reuse_window / 64 + Duration::from_millis(1)
    }

    /// The token that is answered; `None` when the session is over.
    async fn present(&mut self, server: usize, token: &str) -> Result<Option<String>, String> {
        let server = &self.servers[server % self.servers.len()];
        match server.refresh.run(&an_origin(), token).await {
            Ok(login) => {
                let answer = login.refresh_token.expose().to_owned();
                let generation = parsed(&answer).generation.number();
                let presented = parsed(token).generation.number();
                self.check_age(presented)?;
                let now = self.clock.now();
                self.consumed.entry(presented).or_insert(now);
                let known = self.tokens.entry(generation).or_insert(answer.clone());
                if *known != answer {
                    return Err(format!("two tokens of generation {generation}"));
                }
                if self.tokens.keys().next_back() != Some(&generation) {
                    return Err("the answer is not the session's current token".to_owned());
                }
                Ok(Some(answer))
            }
            Err(RefreshError::InvalidGrant) => {
                let left = self.store.find_live(self.session, self.clock.now()).await;
                match left.unwrap() {
                    None => Ok(None),
                    Some(_) => Err("a refused token did not end the session".to_owned()),
                }
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

fn parsed(token: &str) -> UnverifiedRefreshToken {
    UnverifiedRefreshToken::parse(token).unwrap()
}

//! A token is presented, and its answer is held against all that is known.

use std::time::Duration;

use signet::{
    crypto::refresh_token::UnverifiedRefreshToken, domain::Timestamp, ports::Clock,
    usecases::sessions::RefreshError,
};

use super::Simulation;
use crate::support::fixtures::an_origin;

impl Simulation {
    /// When the session ends if nobody refreshes it, by the clock of the world.
    pub(super) fn expiry(&self) -> Timestamp {
        (self.rotated + self.terms.idle).min(self.began + self.terms.longest)
    }

    /// `None`: the session was over, which an honest world never sees.
    pub(super) async fn owner_presents(
        &mut self,
        server: usize,
        token: &str,
    ) -> Result<Option<String>, String> {
        self.presented.get_or_insert(self.clock.now());
        let answer = self.present(server, token).await?;
        if answer.is_none() && self.honest && self.steady && !self.over {
            return Err("the owner was logged out".to_owned());
        }
        Ok(answer)
    }

    /// A token that was good was not consumed, or not long ago.
    fn check_age(&self, presented: u32) -> Result<(), String> {
        if !self.steady {
            return Ok(());
        }
        if self.clock.now() > self.expiry() + self.skew {
            return Err("a token was good after the session's end".to_owned());
        }
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
    pub(super) fn slack(&self) -> Duration {
        self.terms.reuse_window / 64 + Duration::from_millis(1)
    }

    /// The token that is answered; `None` when the session is over.
    pub(super) async fn present(
        &mut self,
        server: usize,
        token: &str,
    ) -> Result<Option<String>, String> {
        let server = &self.servers[server % self.servers.len()];
        match server.refresh.run(&an_origin(), token).await {
            Ok(login) => {
                let answer = login.refresh_token.expose().to_owned();
                let generation = parsed(&answer).generation.number();
                let presented = parsed(token).generation.number();
                self.check_age(presented)?;
                let now = self.clock.now();
                self.consumed.entry(presented).or_insert(now);
                if !self.tokens.contains_key(&generation) {
                    self.rotated = now;
                }
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
                let left = self
                    .sessions
                    .find_live(self.session, self.clock.now())
                    .await;
                match left.unwrap() {
                    None => Ok(None),
                    Some(_) => Err("a refused token did not end the session".to_owned()),
                }
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

pub(super) fn parsed(token: &str) -> UnverifiedRefreshToken {
    UnverifiedRefreshToken::parse(token).unwrap()
}

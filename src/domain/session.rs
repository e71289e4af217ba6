use std::{fmt, str::FromStr, time::Duration};

use uuid::Uuid;

use super::{
    ClientAddress, Position, RefreshHistory, RefreshKeyId, RequestOrigin, Timestamp, UserAgent,
    UserId,
};

/// A session's id, the `sid` of its access tokens: a UUIDv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Uuid);

impl SessionId {
    pub fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for SessionId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Counts a session's refresh tokens; only the latest one is current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Generation(u32);

impl Generation {
    pub const FIRST: Self = Self(1);

    pub fn new(number: u32) -> Self {
        Self(number)
    }

    pub fn number(self) -> u32 {
        self.0
    }

    /// `None` after 4,294,967,295 tokens.
    pub fn following(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How many sessions a user can have. A login beyond that ends the one that was
/// not used for longest.
pub const SESSIONS_PER_USER: usize = 100;

/// How long sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTerms {
    /// A session that is not refreshed for so long ends.
    pub idle: Duration,
    /// A session ends after so long, however often it is refreshed.
    pub longest: Duration,
    /// How long a refresh token that was consumed still yields the session's
    /// current one.
    pub reuse_window: Duration,
}

/// A login that goes on: it is renewed by refresh tokens and can be ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user: UserId,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    /// Without another refresh it ends now.
    pub expires_at: Timestamp,
    /// It ends now whatever happens.
    pub ends_at: Timestamp,
    /// Where it was last used.
    pub address: ClientAddress,
    pub user_agent: Option<UserAgent>,
    /// The current refresh token's generation, and the key that authenticates it.
    pub generation: Generation,
    pub refresh_key: RefreshKeyId,
    pub history: RefreshHistory,
}

/// What an authentic refresh token says besides its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresentedToken {
    pub generation: Generation,
    pub key: RefreshKeyId,
}

/// What presenting a refresh token of one generation comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefreshStep {
    /// The token is consumed: the session becomes this one.
    Rotate(Session),
    /// The token was consumed a moment ago: the current one is its answer.
    Repeat,
    /// The token was consumed before: someone else holds a copy.
    Reuse,
    /// The session is over.
    Expired,
}

impl Session {
    pub fn begin(
        id: SessionId,
        user: UserId,
        at: Timestamp,
        origin: &RequestOrigin,
        refresh_key: RefreshKeyId,
        terms: SessionTerms,
    ) -> Self {
        let ends_at = at + terms.longest;
        Self {
            id,
            user,
            created_at: at,
            last_used_at: at,
            expires_at: ends_at.min(at + terms.idle),
            ends_at,
            address: origin.address,
            user_agent: origin.user_agent.clone(),
            generation: Generation::FIRST,
            refresh_key,
            history: RefreshHistory::default(),
        }
    }

    /// Where it stands in lists.
    pub fn position(&self) -> Position<SessionId> {
        Position {
            at: self.created_at,
            id: self.id,
        }
    }

    /// When it was last used, as its user is told: a use within the reuse window
    /// is told when that is over. Whoever saw at once that the owner refreshes
    /// could present a copied token in time.
    pub fn told_last_used(&self, at: Timestamp, reuse_window: Duration) -> Timestamp {
        let since = at - reuse_window;
        if self.last_used_at < since {
            return self.last_used_at;
        }
        let mut uses = self.history.entries().iter().rev().map(|entry| entry.at);
        uses.find(|at| *at < since).unwrap_or(self.created_at)
    }

    pub fn is_live(&self, at: Timestamp) -> bool {
        at < self.expires_at
    }

    /// Judges an authentic refresh token of this session.
    ///
    /// `refresh_key` authenticates the next token, if there is one. What was
    /// noted by a clock that is ahead of this one is dated back when the
    /// session moves on, so that a clock that ran ahead for a while keeps neither
    /// consumed tokens good nor the session alive for as long.
    ///
    /// A token that this session never had, though its authenticator is right,
    /// is one from before the database was set back to an older copy. Which of
    /// its holders is the owner cannot be told: the session is over.
    pub fn refresh(
        &self,
        presented: PresentedToken,
        at: Timestamp,
        origin: &RequestOrigin,
        refresh_key: RefreshKeyId,
        terms: SessionTerms,
    ) -> RefreshStep {
        if !self.is_live(at) {
            return RefreshStep::Expired;
        }
        let since = at - terms.reuse_window;
        if presented.generation < self.generation {
            return if self.history.was_consumed_since(presented.generation, since) {
                RefreshStep::Repeat
            } else {
                RefreshStep::Reuse
            };
        }
        let is_current =
            presented.generation == self.generation && presented.key == self.refresh_key;
        let Some(generation) = self.generation.following().filter(|_| is_current) else {
            return RefreshStep::Expired;
        };
        let mut history = self.history.clone();
        history.consume(self.generation, at, terms.reuse_window);
        let ends_at = self.ends_at.min(at + terms.longest);
        RefreshStep::Rotate(Self {
            last_used_at: at,
            expires_at: ends_at.min(at + terms.idle),
            ends_at,
            address: origin.address,
            user_agent: origin.user_agent.clone(),
            generation,
            refresh_key,
            history,
            ..self.clone()
        })
    }
}

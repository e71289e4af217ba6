use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::LoggedEvent;
use crate::{
    domain::{
        AccountStatus, Client, KeySet, SESSIONS_PER_USER, Session, SessionId, Timestamp, TokenId,
        User, UserId,
    },
    ports::{Storage, StorageError},
};

/// One store behind all storage ports, as one database is behind the others.
/// Every step holds the lock from beginning to end, which makes it atomic.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Tables>);

#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) users: Vec<User>,
    pub(super) keys: KeySet,
    pub(super) auth_log: Vec<LoggedEvent>,
    pub(super) sessions: Vec<Session>,
    pub(super) clients: Vec<Client>,
    pub(super) revoked_tokens: HashMap<TokenId, Timestamp>,
}

impl MemoryStore {
    pub(super) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the status of an account, if there is one.
    pub fn set_status(&self, id: UserId, status: AccountStatus) {
        if let Some(user) = self.tables().user_mut(id) {
            user.status = status;
        }
    }

    /// The auth log, oldest first.
    pub fn auth_log(&self) -> Vec<LoggedEvent> {
        self.tables().auth_log.clone()
    }
}

impl Tables {
    pub(super) fn user_mut(&mut self, id: UserId) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }

    /// Adds a session and ends those beyond the bound, the longest unused first.
    pub(super) fn add_session(&mut self, session: Session) {
        let user = session.user;
        self.sessions.push(session);
        let of_user = self.sessions.iter().filter(|other| other.user == user);
        let mut order: Vec<_> = of_user.map(|s| (s.last_used_at, s.id)).collect();
        let beyond = order.len().saturating_sub(SESSIONS_PER_USER);
        order.sort_unstable();
        order.truncate(beyond);
        let ends = |session: &Session| order.iter().any(|(_, id)| *id == session.id);
        self.sessions.retain(|session| !ends(session));
    }

    /// The session with its account, if that is active.
    pub(super) fn active(&self, id: SessionId) -> Option<(Session, User)> {
        let session = self.sessions.iter().find(|session| session.id == id)?;
        let user = self.users.iter().find(|user| user.id == session.user)?;
        let active = user.status == AccountStatus::Active;
        active.then(|| (session.clone(), user.clone()))
    }
}

#[async_trait]
impl Storage for MemoryStore {
    async fn ping(&self) -> Result<(), StorageError> {
        Ok(())
    }
}

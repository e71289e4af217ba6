use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::log::Log;
use crate::{
    domain::{
        AccountStatus, AuditEvent, AuthEvent, Client, ClientNetwork, Invite,
        KNOWN_NETWORKS_PER_USER, KeySet, SESSIONS_PER_USER, Session, SessionId, Timestamp, TokenId,
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
    pub(super) auth_log: Log<AuthEvent>,
    pub(super) sessions: Vec<Session>,
    pub(super) clients: Vec<Client>,
    pub(super) invites: Vec<Invite>,
    pub(super) known_networks: HashMap<(UserId, ClientNetwork), Timestamp>,
    pub(super) audit_log: Log<AuditEvent>,
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
    pub fn auth_log(&self) -> Vec<AuthEvent> {
        self.tables().auth_log.events().cloned().collect()
    }
}

impl Tables {
    pub(super) fn user_mut(&mut self, id: UserId) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }

    /// Whether nobody else could administer the server.
    pub(super) fn is_last_admin(&self, user: &User) -> bool {
        let mut others = self.users.iter().filter(|other| other.id != user.id);
        user.is_admin() && !others.any(User::is_admin)
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

    /// Notes a login, and forgets the networks beyond the bound, the longest
    /// unused first.
    pub(super) fn note_network(&mut self, user: UserId, network: ClientNetwork, at: Timestamp) {
        let last = self.known_networks.entry((user, network)).or_insert(at);
        *last = at.max(*last);
        let of_user = self
            .known_networks
            .iter()
            .filter(|((of, _), _)| *of == user);
        let mut order: Vec<_> = of_user.map(|(key, last)| (*last, *key)).collect();
        let beyond = order.len().saturating_sub(KNOWN_NETWORKS_PER_USER);
        order.sort_unstable_by_key(|(last, (_, network))| (*last, network.to_string()));
        for (_, key) in order.drain(..beyond) {
            self.known_networks.remove(&key);
        }
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

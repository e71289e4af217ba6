use std::cmp::Reverse;

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    domain::{
        Act, AuditAction, AuditTarget, AuthEvent, AuthFailure, RefreshStep, Session, SessionId,
        Timestamp, User, UserId,
    },
    ports::{RefreshAttempt, Refreshed, SessionStore, StorageError},
};

#[async_trait]
impl SessionStore for MemoryStore {
    async fn refresh(&self, attempt: RefreshAttempt) -> Result<Refreshed, StorageError> {
        let mut tables = self.tables();
        let at = attempt.clock.now();
        let found = tables.active(attempt.session);
        let step = found.as_ref().map(|(session, _)| {
            session.refresh(
                attempt.token,
                at,
                &attempt.origin,
                attempt.refresh_key,
                attempt.terms,
            )
        });
        let others = |session: &Session| session.id != attempt.session;
        Ok(match (step, found) {
            (Some(RefreshStep::Rotate(rotated)), Some((_, user))) => {
                tables.sessions.retain(others);
                tables.sessions.push(rotated.clone());
                Refreshed::Current(Box::new(rotated), Box::new(user))
            }
            (Some(RefreshStep::Repeat), Some((session, user))) => {
                Refreshed::Current(Box::new(session), Box::new(user))
            }
            (Some(RefreshStep::Reuse), Some((session, user))) => {
                tables.sessions.retain(others);
                let failure = AuthFailure::RefreshReuse(user.id, session.id);
                let event = AuthEvent::failure(at, &attempt.origin, &failure);
                tables.auth_log.add(event);
                Refreshed::Reused
            }
            _ => {
                tables.sessions.retain(others);
                Refreshed::NoSession
            }
        })
    }

    async fn find_live(
        &self,
        session: SessionId,
        at: Timestamp,
    ) -> Result<Option<(Session, User)>, StorageError> {
        let found = self.tables().active(session);
        Ok(found.filter(|(session, _)| session.is_live(at)))
    }

    async fn list_live(&self, user: UserId, at: Timestamp) -> Result<Vec<Session>, StorageError> {
        let tables = self.tables();
        let live = |session: &&Session| session.user == user && session.is_live(at);
        let mut sessions: Vec<_> = tables.sessions.iter().filter(live).cloned().collect();
        sessions.sort_by_key(|session| Reverse(session.position()));
        Ok(sessions)
    }

    async fn end(&self, session: SessionId) -> Result<bool, StorageError> {
        let sessions = &mut self.tables().sessions;
        let before = sessions.len();
        sessions.retain(|other| other.id != session);
        Ok(sessions.len() < before)
    }

    async fn end_all(&self, user: UserId, by: Option<&Act>) -> Result<u64, StorageError> {
        let mut tables = self.tables();
        let before = tables.sessions.len();
        tables.sessions.retain(|session| session.user != user);
        let ended = before - tables.sessions.len();
        if let Some(by) = by
            && tables.user_mut(user).is_some()
        {
            let event = by.done(AuditAction::EndSessions, AuditTarget::User(user));
            tables.audit_log.add(event);
        }
        Ok(ended as u64)
    }

    async fn purge(&self, at: Timestamp, limit: u32) -> Result<u64, StorageError> {
        let sessions = &mut self.tables().sessions;
        let mut purged = 0;
        sessions.retain(|session| {
            let over = !session.is_live(at) && purged < u64::from(limit);
            purged += u64::from(over);
            !over
        });
        Ok(purged)
    }
}

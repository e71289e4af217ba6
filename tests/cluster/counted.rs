//! The count at the end: what was answered against what PostgreSQL holds.

use std::collections::{BTreeMap, BTreeSet};

use super::ledger::Answered;
use crate::support::{database::rows_of, postgres::PostgresServer};

/// The texts of a query's one column.
async fn column(postgres: &PostgresServer, sql: &str) -> Vec<String> {
    let rows = rows_of(postgres.connect("postgres").await, sql).await;
    rows.into_iter().flatten().collect()
}

pub struct Stored {
    /// The names of accounts by their ids.
    users: BTreeMap<String, String>,
    /// The accounts of which the audit log holds a registration, as often.
    registrations: Vec<String>,
    /// The tokens of logins by their sessions, and how many logins there were.
    logins: BTreeMap<String, String>,
    login_events: usize,
    failures: usize,
    sessions: BTreeSet<String>,
    /// Keys that sign or signed.
    activated: BTreeSet<String>,
    active: Vec<String>,
    rotations: usize,
}

impl Stored {
    pub async fn read(postgres: &PostgresServer) -> Self {
        let pairs = async |sql| {
            let rows = rows_of(postgres.connect("postgres").await, sql).await;
            let pairs = rows.into_iter().map(<[String; 2]>::try_from);
            pairs.map(|pair| pair.unwrap().into()).collect::<Vec<_>>()
        };
        let logins = pairs("SELECT session_id, jti FROM auth_logs WHERE outcome = 'success'").await;
        let activated = "SELECT kid FROM keys WHERE activated_at IS NOT NULL";
        let failures = "SELECT request_id FROM auth_logs WHERE outcome = 'wrong_password'";
        let rotations = "SELECT target_id FROM audit_events WHERE action = 'key.rotate'";
        Self {
            users: pairs("SELECT id, username FROM users")
                .await
                .into_iter()
                .collect(),
            registrations: column(
                postgres,
                "SELECT target_id FROM audit_events WHERE action = 'user.register'",
            )
            .await,
            login_events: logins.len(),
            failures: column(postgres, failures).await.len(),
            logins: logins.into_iter().collect(),
            sessions: column(postgres, "SELECT id FROM sessions")
                .await
                .into_iter()
                .collect(),
            activated: column(postgres, activated).await.into_iter().collect(),
            active: column(postgres, "SELECT kid FROM keys WHERE state = 'active'").await,
            rotations: column(postgres, rotations).await.len(),
        }
    }

    /// Each answered registration is there, and each of the others with all that
    /// belongs to it or not at all.
    pub fn holds_registrations(&self, answered: &Answered) {
        for (id, name) in &answered.registered {
            assert_eq!(self.users.get(id), Some(name), "a registration was lost");
        }
        for (id, name) in &self.users {
            let known = answered.registered.contains_key(id);
            assert!(known || answered.maybe_registered.contains(name), "{name}");
        }
        let mut audited = self.registrations.clone();
        audited.sort();
        let accounts: Vec<_> = self.users.keys().cloned().collect();
        assert_eq!(audited, accounts, "a registration is half done");
    }

    /// Each answered login is in the log; each in the log had a session, which is
    /// there unless it was ended.
    pub fn holds_logins(&self, answered: &Answered) {
        for (session, jti) in &answered.logins {
            assert_eq!(self.logins.get(session), Some(jti), "a login was lost");
        }
        assert_eq!(self.login_events, self.logins.len());
        let begun: BTreeSet<_> = self.logins.keys().cloned().collect();
        let left: BTreeSet<_> = begun.difference(&answered.ended).cloned().collect();
        assert_eq!(left, self.sessions, "a login is half done");
    }

    pub fn holds_failures(&self, answered: &Answered) {
        let (least, more) = (answered.failed, answered.maybe_failed);
        assert!(least > 0);
        assert!(
            (least..=least + more).contains(&self.failures),
            "{}",
            self.failures
        );
    }

    pub fn holds_revocations(&self, answered: &Answered) {
        let mut back = answered.ended.intersection(&self.sessions);
        assert_eq!(back.next(), None, "a revocation was lost");
    }

    pub fn holds_rotations(&self, answered: &Answered) {
        for kid in &answered.rotated_to {
            assert!(self.activated.contains(kid), "a rotation was lost");
        }
        let least = answered.rotated_to.len();
        assert!((least..=least + answered.maybe_rotated).contains(&self.rotations));
        // The newest that was answered, or of a later rotation whose answer was lost.
        let [active] = &self.active[..] else {
            panic!("{:?} are active", self.active);
        };
        if answered.maybe_rotated == 0 {
            assert_eq!(Some(active), answered.rotated_to.last());
        }
        let mut former = answered.rotated_to.iter().rev().skip(1);
        assert!(!former.any(|kid| kid == active), "a rotation was undone");
    }
}

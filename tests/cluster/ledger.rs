//! What clients were answered, for the count at the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use signet::domain::Timestamp;

#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Answered>>);

#[derive(Default)]
pub struct Answered {
    /// The names of accounts by their ids.
    pub registered: BTreeMap<String, String>,
    /// Names whose registration had no answer.
    pub maybe_registered: BTreeSet<String>,
    /// The sessions of logins, with the ids of their first tokens.
    pub logins: BTreeMap<String, String>,
    /// Sessions that were ended.
    pub ended: BTreeSet<String>,
    /// Logins with a wrong password that were refused, and attempts that had no answer.
    pub failed: usize,
    pub maybe_failed: usize,
    /// Refresh tokens that were exchanged for others, of sessions that are to go on.
    pub consumed: Vec<Consumed>,
    /// The refresh tokens of sessions that are to go on.
    pub kept: BTreeMap<String, String>,
    /// Refresh tokens of sessions that were ended.
    pub ended_tokens: Vec<String>,
    /// A service's tokens whose revocation was answered.
    pub revoked: Vec<String>,
    /// All access tokens.
    pub access_tokens: Vec<String>,
    /// The key ids of all tokens.
    pub kids: BTreeSet<String>,
    /// How often a service took a token, and the tokens that one refused.
    pub verified: usize,
    pub unverified: Vec<String>,
    /// The keys that rotations made the signing one, in their order.
    pub rotated_to: Vec<String>,
    /// Rotations that had no answer.
    pub maybe_rotated: usize,
    /// Requests of the client that is limited.
    pub limited: Vec<Limited>,
}

#[derive(Clone)]
pub struct Consumed {
    pub session: String,
    pub token: String,
}

#[derive(Clone, Copy)]
pub struct Limited {
    pub sent: Timestamp,
    pub answered: Timestamp,
    pub admitted: bool,
}

impl Ledger {
    pub fn note(&self, note: impl FnOnce(&mut Answered)) {
        note(&mut self.0.lock().unwrap());
    }

    pub fn read<T>(&self, read: impl FnOnce(&Answered) -> T) -> T {
        read(&self.0.lock().unwrap())
    }
}

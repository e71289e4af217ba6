use std::{collections::HashMap, sync::Arc};

use chrono::TimeDelta;

use super::{RefusedLine, UserRecord};
use crate::{
    crypto::digest_of_name,
    domain::{
        AccountStatus, Argon2Params, ImportOutcome, ImportedHash, ImportedUser, PasswordHash, User,
        UserId,
    },
    ports::{Clock, Entropy, StorageError, UserRepo},
    usecases::{FieldError, Initiator},
};

/// How far the clock of the system that a file comes from may be ahead.
const MOST_AHEAD: TimeDelta = TimeDelta::days(1);

/// Opens accounts with the password hashes that another system made.
pub struct ImportUsers {
    pub users: Arc<dyn UserRepo>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    /// What new hashes cost here: one of Signet's own may always cost as much.
    pub argon2: Argon2Params,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportMode {
    Import,
    /// Answers the same and changes nothing.
    DryRun,
}

/// The names and ids in the lines that were read, and where they stand.
#[derive(Debug, Default)]
pub struct NamesSoFar {
    ids: HashMap<UserId, u64>,
    usernames: LineByName,
    emails: LineByName,
}

/// By a digest: it takes the same memory however long the names are.
type LineByName = HashMap<[u8; 16], u64>;

impl ImportUsers {
    /// Reads line number `number` of a file of [`UserRecord`]s. What stands in
    /// an earlier line already is refused.
    pub fn read(
        &self,
        line: &[u8],
        number: u64,
        names: &mut NamesSoFar,
    ) -> Result<ImportedUser, RefusedLine> {
        let record = UserRecord::parse(line)?;
        let username = record.username.to_string();
        let refused =
            |field, message| RefusedLine::new(Some(&username), &[FieldError::new(field, message)]);
        let now = self.clock.now();
        let date_registered = record.date_registered.unwrap_or(now);
        if date_registered > now + MOST_AHEAD {
            let message = "lies in the future".to_owned();
            return Err(refused("date_registered", message));
        }
        self.check_cost(&record.password_hash)
            .map_err(|error| refused("password_hash", error.to_string()))?;
        names
            .note(&record, number)
            .map_err(|(field, line)| refused(field, format!("stands in line {line} already")))?;
        let user = User {
            id: (record.id).unwrap_or_else(|| UserId::new(self.entropy.uuid())),
            username: record.username,
            email: record.email,
            display_name: record.display_name,
            password_hash: record.password_hash,
            status: record.status.unwrap_or(AccountStatus::Active),
            roles: record.roles,
            date_registered,
            last_login: None,
        };
        let keeps_id = record.id.is_some();
        Ok(ImportedUser { user, keeps_id })
    }

    /// Imports accounts that were read, at most
    /// [`MOST_IMPORTED_AT_ONCE`](crate::ports::MOST_IMPORTED_AT_ONCE).
    pub async fn run(
        &self,
        by: &Initiator,
        users: &[ImportedUser],
        mode: ImportMode,
    ) -> Result<Vec<ImportOutcome>, StorageError> {
        match mode {
            ImportMode::Import => self.users.import(users, &by.acts(self.clock.now())).await,
            ImportMode::DryRun => self.users.try_import(users).await,
        }
    }

    /// A file may claim any cost for one of Signet's own, too.
    fn check_cost(&self, hash: &PasswordHash) -> Result<(), impl std::fmt::Display> {
        match hash.params() {
            Some(own) if !own.is_at_most(self.argon2) => ImportedHash::check_cost(own),
            _ => Ok(()),
        }
    }
}

impl NamesSoFar {
    fn note(&mut self, record: &UserRecord, number: u64) -> Result<(), (&'static str, u64)> {
        let username = digest(&record.username.folded());
        let email = digest(&record.email.folded());
        let id = record.id.and_then(|id| self.ids.get(&id));
        if let Some(line) = id {
            return Err(("id", *line));
        }
        if let Some(line) = self.usernames.get(&username) {
            return Err(("username", *line));
        }
        if let Some(line) = self.emails.get(&email) {
            return Err(("email", *line));
        }
        self.ids.extend(record.id.map(|id| (id, number)));
        self.usernames.insert(username, number);
        self.emails.insert(email, number);
        Ok(())
    }
}

fn digest(name: &str) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&digest_of_name(name)[..16]);
    half
}

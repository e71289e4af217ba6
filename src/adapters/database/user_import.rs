//! The step that imports accounts, with an audit event of each.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{
    audit_log,
    entities::users,
    error::unavailable,
    postgres::{Lock, take},
    transaction::Transaction,
    user_row,
    write_step::WriteStep,
};
use crate::{
    domain::{Act, ImportOutcome, ImportedUser},
    ports::StorageError,
};

#[derive(Clone)]
pub(super) struct Import {
    pub(super) users: Vec<ImportedUser>,
    pub(super) by: Act,
}

#[async_trait]
impl WriteStep for Import {
    type Output = Vec<ImportOutcome>;
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<Vec<ImportOutcome>, StorageError> {
        let Self { users, by } = self;
        take(transaction, Lock::Imports)
            .await
            .map_err(unavailable)?;
        let outcomes = judge(transaction, &users).await?;
        let judged = users.iter().zip(&outcomes);
        let imported = judged.filter(|(_, outcome)| **outcome == ImportOutcome::Imported);
        let imported: Vec<_> = imported.map(|(imported, _)| &imported.user).collect();
        if !imported.is_empty() {
            user_row::insert_all(transaction, &imported).await?;
            let events: Vec<_> = imported.iter().map(|user| by.imported(user)).collect();
            audit_log::insert_all(transaction, &events).await?;
        }
        Ok(outcomes)
    }
}

/// What becomes of each, in one query. Whoever takes a name meanwhile makes the
/// insertion fail, and all of it is judged anew.
pub(super) async fn judge(
    connection: &impl ConnectionTrait,
    users: &[ImportedUser],
) -> Result<Vec<ImportOutcome>, StorageError> {
    let usernames = users.iter().map(|one| one.user.username.folded());
    let emails = users.iter().map(|one| one.user.email.folded());
    let kept = users.iter().filter(|one| one.keeps_id);
    let ids = kept.map(|one| one.user.id.to_string());
    let met = users::Entity::find()
        .select_only()
        .column(users::Column::Id)
        .column(users::Column::UsernameFolded)
        .column(users::Column::EmailFolded)
        .column(users::Column::PasswordHash)
        .filter(
            Condition::any()
                .add(users::Column::Id.is_in(ids))
                .add(users::Column::UsernameFolded.is_in(usernames))
                .add(users::Column::EmailFolded.is_in(emails)),
        )
        .into_tuple::<(String, String, String, String)>()
        .all(connection)
        .await
        .map_err(unavailable)?;
    let mut there = There::default();
    for (id, username, email, hash) in met {
        there.add(id, username, email, hash);
    }
    Ok(users.iter().map(|one| there.judge(one)).collect())
}

/// The accounts that those to be imported may meet.
#[derive(Default)]
struct There {
    username_by_id: HashMap<String, String>,
    /// E-mail address and password hash by username.
    by_username: HashMap<String, (String, String)>,
    emails: HashSet<String>,
}

impl There {
    fn add(&mut self, id: String, username: String, email: String, hash: String) {
        self.emails.insert(email.clone());
        self.username_by_id.insert(id, username.clone());
        self.by_username.insert(username, (email, hash));
    }

    fn judge(&mut self, imported: &ImportedUser) -> ImportOutcome {
        let ImportedUser { user, keeps_id } = imported;
        let (username, email) = (user.username.folded(), user.email.folded());
        let (id, hash) = (user.id.to_string(), user.password_hash.to_string());
        match self.username_by_id.get(&id) {
            Some(same) if *keeps_id && *same == username => return ImportOutcome::AlreadyThere,
            Some(_) if *keeps_id => return ImportOutcome::IdTaken,
            _ => {}
        }
        match self.by_username.get(&username) {
            Some((there, its_hash)) if !keeps_id && *there == email && *its_hash == hash => {
                ImportOutcome::AlreadyThere
            }
            Some(_) => ImportOutcome::UsernameTaken,
            None if self.emails.contains(&email) => ImportOutcome::EmailTaken,
            None => {
                self.add(id, username, email, hash);
                ImportOutcome::Imported
            }
        }
    }
}

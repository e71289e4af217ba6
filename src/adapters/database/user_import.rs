//! The step that imports accounts, with an audit event of each.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QuerySelect,
};

use super::{audit_log, entities::users, error::unavailable, group_commit::WriteStep, user_row};
use crate::{
    domain::{Act, ImportOutcome, User},
    ports::StorageError,
};

pub(super) struct Import {
    pub(super) users: Vec<User>,
    pub(super) by: Act,
}

#[async_trait]
impl WriteStep for Import {
    type Output = Vec<ImportOutcome>;
    type Error = StorageError;

    async fn apply(
        self,
        transaction: &DatabaseTransaction,
    ) -> Result<Vec<ImportOutcome>, StorageError> {
        let Self { users, by } = self;
        let outcomes = judge(transaction, &users).await?;
        let judged = users.iter().zip(&outcomes);
        let imported = judged.filter(|(_, outcome)| **outcome == ImportOutcome::Imported);
        let imported: Vec<_> = imported.map(|(user, _)| user).collect();
        if !imported.is_empty() {
            user_row::insert_all(transaction, &imported).await?;
            let events: Vec<_> = imported.iter().map(|user| by.imported(user)).collect();
            audit_log::insert_all(transaction, &events).await?;
        }
        Ok(outcomes)
    }
}

/// What becomes of each: in one query, because the transaction keeps all other
/// writers away until it ends.
pub(super) async fn judge(
    connection: &impl ConnectionTrait,
    users: &[User],
) -> Result<Vec<ImportOutcome>, StorageError> {
    let usernames = users.iter().map(|user| user.username.folded());
    let emails = users.iter().map(|user| user.email.folded());
    let met = users::Entity::find()
        .select_only()
        .column(users::Column::UsernameFolded)
        .column(users::Column::EmailFolded)
        .column(users::Column::PasswordHash)
        .filter(
            Condition::any()
                .add(users::Column::UsernameFolded.is_in(usernames))
                .add(users::Column::EmailFolded.is_in(emails)),
        )
        .into_tuple::<(String, String, String)>()
        .all(connection)
        .await
        .map_err(unavailable)?;
    let mut there = There::default();
    for (username, email, hash) in met {
        there.add(username, email, hash);
    }
    Ok(users.iter().map(|user| there.judge(user)).collect())
}

/// The accounts that those to be imported may meet.
#[derive(Default)]
struct There {
    /// E-mail address and password hash by username.
    by_username: HashMap<String, (String, String)>,
    emails: HashSet<String>,
}

impl There {
    fn add(&mut self, username: String, email: String, hash: String) {
        self.emails.insert(email.clone());
        self.by_username.insert(username, (email, hash));
    }

    fn judge(&mut self, user: &User) -> ImportOutcome {
        let (username, email) = (user.username.folded(), user.email.folded());
        let hash = user.password_hash.to_string();
        match self.by_username.get(&username) {
            Some(there) if *there == (email.clone(), hash.clone()) => ImportOutcome::AlreadyThere,
            Some(_) => ImportOutcome::UsernameTaken,
            None if self.emails.contains(&email) => ImportOutcome::EmailTaken,
            None => {
                self.add(username, email, hash);
                ImportOutcome::Imported
            }
        }
    }
}

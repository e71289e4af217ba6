use async_trait::async_trait;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect,
    QueryTrait, RelationTrait, Select,
};

use super::{
    Database,
    entities::{user_roles, users},
    error::unavailable,
    paging::part_of,
    registrations::{Register, RegisterInvited},
    user_changes::{Delete, SetPassword, Update},
    user_import::{self, Import},
    user_row,
};
use crate::{
    domain::{
        Act, ImportOutcome, ImportedUser, NewUser, Page, PageRequest, PasswordChange, PasswordHash,
        Role, SecretDigest, User, UserFilter, UserId, UserUpdate, Username,
    },
    ports::{
        DeleteUserError, RegisterError, RegisterInvitedError, SetPasswordError, StorageError,
        UpdateUserError, UserRepo,
    },
};

#[derive(Debug)]
pub struct SqlUserRepo(Database);

impl SqlUserRepo {
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl UserRepo for SqlUserRepo {
    async fn register(&self, user: &NewUser, by: &Act) -> Result<(), RegisterError> {
        self.0.write(Register(user.clone(), by.clone())).await
    }

    async fn register_invited(
        &self,
        user: &NewUser,
        code: &SecretDigest,
        by: &Act,
    ) -> Result<(), RegisterInvitedError> {
        let (new, code, by) = (user.clone(), *code, by.clone());
        self.0.write(RegisterInvited { new, code, by }).await
    }

    async fn import(
        &self,
        users: &[ImportedUser],
        by: &Act,
    ) -> Result<Vec<ImportOutcome>, StorageError> {
        let (users, by) = (users.to_vec(), by.clone());
        self.0.write(Import { users, by }).await
    }

    async fn try_import(&self, users: &[ImportedUser]) -> Result<Vec<ImportOutcome>, StorageError> {
        user_import::judge(self.0.reader(), users).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError> {
        find_by_username(self.0.reader(), username)
            .await?
            .map(User::try_from)
            .transpose()
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, StorageError> {
        user_row::find(self.0.reader(), id).await
    }

    async fn list(
        &self,
        filter: &UserFilter,
        page: &PageRequest<UserId>,
    ) -> Result<Page<User, UserId>, StorageError> {
        let users = users::Entity::find()
            .apply_if(filter.prefix(), |q, prefix| q.filter(begins_with(&prefix)))
            .apply_if(filter.status, |q, status| {
                q.filter(users::Column::Status.eq(status.as_str()))
            });
        let value = |id: &UserId| id.to_string().into();
        let users = match &filter.role {
            None => {
                let (at, id) = (users::Column::DateRegistered, users::Column::Id);
                part_of(users, at, id, page, value)
            }
            // In the order of the holders, which have an index of it.
            Some(role) => {
                let (at, id) = (
                    user_roles::Column::DateRegistered,
                    user_roles::Column::UserId,
                );
                part_of(held_by(users, role), at, id, page, value)
            }
        };
        let items = users
            .all(self.0.reader())
            .await
            .map_err(unavailable)?
            .into_iter()
            .map(User::try_from)
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(items, page.size, User::position))
    }

    async fn update(
        &self,
        id: UserId,
        update: &UserUpdate,
        by: &Act,
    ) -> Result<User, UpdateUserError> {
        let (to, by) = (update.clone(), by.clone());
        self.0.write(Update { id, to, by }).await
    }

    async fn set_password(
        &self,
        id: UserId,
        change: &PasswordChange,
        by: &Act,
    ) -> Result<(), SetPasswordError> {
        let (change, by) = (change.clone(), by.clone());
        self.0.write(SetPassword { id, change, by }).await
    }

    async fn delete(
        &self,
        id: UserId,
        verified: Option<&PasswordHash>,
        by: &Act,
    ) -> Result<(), DeleteUserError> {
        let (verified, by) = (verified.cloned(), by.clone());
        self.0.write(Delete { id, verified, by }).await
    }
}

pub(super) async fn find_by_username(
    connection: &impl ConnectionTrait,
    username: &Username,
) -> Result<Option<users::Model>, StorageError> {
    users::Entity::find()
        .filter(users::Column::UsernameFolded.eq(username.folded()))
        .one(connection)
        .await
        .map_err(unavailable)
}

const NOBODY: [&str; 0] = [];

/// As ranges, which indexes find, and in which no character is a wildcard.
fn begins_with(prefix: &str) -> Condition {
    if prefix.contains('\0') {
        // No name does, and PostgreSQL takes no such text.
        return Condition::all().add(users::Column::Id.is_in(NOBODY));
    }
    let range = |column: users::Column| {
        Condition::all()
            .add(column.gte(prefix))
            .add(column.lt(format!("{prefix}{}", char::MAX)))
    };
    Condition::any()
        .add(range(users::Column::UsernameFolded))
        .add(range(users::Column::EmailFolded))
}

fn held_by(users: Select<users::Entity>, role: &Role) -> Select<users::Entity> {
    users
        .join(JoinType::InnerJoin, user_roles::Relation::User.def().rev())
        .filter(user_roles::Column::Role.eq(role.as_str()))
}

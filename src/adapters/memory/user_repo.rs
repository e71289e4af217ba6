use async_trait::async_trait;

use super::{MemoryStore, store::Tables};
use crate::{
    domain::{
        AccountStatus, Act, AuditAction, AuditTarget, ImportOutcome, ImportedUser, Invite,
        InviteId, NewUser, Page, PageRequest, PasswordChange, PasswordHash, SecretDigest,
        UsedInvite, User, UserFilter, UserId, UserUpdate, Username,
    },
    ports::{
        DeleteUserError, RegisterError, RegisterInvitedError, SetPasswordError, StorageError,
        UpdateUserError, UserRepo,
    },
};

#[async_trait]
impl UserRepo for MemoryStore {
    async fn register(&self, user: &NewUser, by: &Act) -> Result<(), RegisterError> {
        self.tables().open(user, None, by)
    }

    async fn register_invited(
        &self,
        user: &NewUser,
        code: &SecretDigest,
        by: &Act,
    ) -> Result<(), RegisterInvitedError> {
        let mut tables = self.tables();
        let usable = |invite: &&Invite| invite.code == *code && invite.is_usable(by.at);
        let id = (tables.invites.iter().find(usable))
            .ok_or(RegisterInvitedError::InviteUnusable)?
            .id;
        tables.open(user, Some(id), by)?;
        if let Some(invite) = tables.invites.iter_mut().find(|invite| invite.id == id) {
            invite.used = Some(UsedInvite {
                at: by.at,
                by: user.id,
            });
        }
        Ok(())
    }

    async fn import(
        &self,
        users: &[ImportedUser],
        by: &Act,
    ) -> Result<Vec<ImportOutcome>, StorageError> {
        let mut tables = self.tables();
        Ok(users
            .iter()
            .map(|imported| {
                let outcome = judge(&tables.users, imported);
                if outcome == ImportOutcome::Imported {
                    tables.audit_log.add(by.imported(&imported.user));
                    tables.users.push(imported.user.clone());
                }
                outcome
            })
            .collect())
    }

    async fn try_import(&self, users: &[ImportedUser]) -> Result<Vec<ImportOutcome>, StorageError> {
        let mut all = self.tables().users.clone();
        Ok(users
            .iter()
            .map(|imported| {
                let outcome = judge(&all, imported);
                if outcome == ImportOutcome::Imported {
                    all.push(imported.user.clone());
                }
                outcome
            })
            .collect())
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError> {
        let folded = username.folded();
        let tables = self.tables();
        Ok(tables
            .users
            .iter()
            .find(|user| user.username.folded() == folded)
            .cloned())
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, StorageError> {
        Ok(self.tables().user_mut(id).cloned())
    }

    async fn list(
        &self,
        filter: &UserFilter,
        page: &PageRequest<UserId>,
    ) -> Result<Page<User, UserId>, StorageError> {
        let tables = self.tables();
        let matching = tables.users.iter().filter(|user| filter.matches(user));
        Ok(page.of(matching.cloned(), User::position))
    }

    async fn update(
        &self,
        id: UserId,
        update: &UserUpdate,
        by: &Act,
    ) -> Result<User, UpdateUserError> {
        let mut tables = self.tables();
        let was = tables
            .user_mut(id)
            .ok_or(UpdateUserError::NotFound)?
            .clone();
        let user = update.apply(&was)?;
        let email = user.email.folded();
        let mut others = tables.users.iter().filter(|other| other.id != id);
        if others.any(|other| other.email.folded() == email) {
            return Err(UpdateUserError::EmailTaken);
        }
        if tables.is_last_admin(&was) && !user.is_admin() {
            return Err(UpdateUserError::LastAdmin);
        }
        if user.status == AccountStatus::Disabled {
            tables.sessions.retain(|session| session.user != id);
        }
        if user != was {
            let target = AuditTarget::User(id);
            let (before, after) = (was.snapshot(), user.snapshot());
            let event = by.changed(AuditAction::UpdateUser, target, before, after);
            tables.audit_log.add(event);
        }
        if let Some(stored) = tables.user_mut(id) {
            *stored = user.clone();
        }
        Ok(user)
    }

    async fn set_password(
        &self,
        id: UserId,
        change: &PasswordChange,
        by: &Act,
    ) -> Result<(), SetPasswordError> {
        let mut tables = self.tables();
        let user = tables.user_mut(id).ok_or(SetPasswordError::NotFound)?;
        if (change.from.as_ref()).is_some_and(|from| *from != user.password_hash) {
            return Err(SetPasswordError::Changed);
        }
        user.password_hash = change.to.clone();
        let spared = change.spared;
        tables
            .sessions
            .retain(|session| session.user != id || Some(session.id) == spared);
        tables.audit_log.add(by.password_set(id));
        Ok(())
    }

    async fn delete(
        &self,
        id: UserId,
        verified: Option<&PasswordHash>,
        by: &Act,
    ) -> Result<(), DeleteUserError> {
        let mut tables = self.tables();
        let was = tables
            .user_mut(id)
            .ok_or(DeleteUserError::NotFound)?
            .clone();
        if verified.is_some_and(|verified| *verified != was.password_hash) {
            return Err(DeleteUserError::PasswordChanged);
        }
        if tables.is_last_admin(&was) {
            return Err(DeleteUserError::LastAdmin);
        }
        tables.users.retain(|user| user.id != id);
        tables.sessions.retain(|session| session.user != id);
        tables.known_networks.retain(|(user, _), _| *user != id);
        let target = AuditTarget::User(id);
        let event = by.deleted(AuditAction::DeleteUser, target, was.snapshot());
        tables.audit_log.add(event);
        Ok(())
    }
}

fn judge(there: &[User], imported: &ImportedUser) -> ImportOutcome {
    let ImportedUser { user, keeps_id } = imported;
    let (username, email) = (user.username.folded(), user.email.folded());
    let identified = there.iter().find(|u| *keeps_id && u.id == user.id);
    if let Some(identified) = identified {
        return if identified.username.folded() == username {
            ImportOutcome::AlreadyThere
        } else {
            ImportOutcome::IdTaken
        };
    }
    let named = there.iter().find(|u| u.username.folded() == username);
    let same =
        |u: &User| !keeps_id && u.email.folded() == email && u.password_hash == user.password_hash;
    match named {
        Some(named) if same(named) => ImportOutcome::AlreadyThere,
        Some(_) => ImportOutcome::UsernameTaken,
        None if there.iter().any(|u| u.email.folded() == email) => ImportOutcome::EmailTaken,
        None => ImportOutcome::Imported,
    }
}

impl Tables {
    fn open(
        &mut self,
        user: &NewUser,
        invite: Option<InviteId>,
        by: &Act,
    ) -> Result<(), RegisterError> {
        let username = user.username.folded();
        if self.users.iter().any(|u| u.username.folded() == username) {
            return Err(RegisterError::UsernameTaken);
        }
        let email = user.email.folded();
        if self.users.iter().any(|u| u.email.folded() == email) {
            return Err(RegisterError::EmailTaken);
        }
        let user = User::from(user.clone());
        self.audit_log.add(by.opened(&user, invite));
        self.users.push(user);
        Ok(())
    }
}

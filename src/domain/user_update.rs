use super::{
    AccountStatus, DisplayName, Email, PasswordHash, Role, RoleError, Roles, SessionId, User,
};

/// What is to become of an account; `None` leaves a thing as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserUpdate {
    pub email: Option<Email>,
    pub display_name: Option<Option<DisplayName>>,
    pub status: Option<AccountStatus>,
    pub roles: Option<RolesUpdate>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RolesUpdate {
    Set(Roles),
    Grant(Role),
    Revoke(Role),
}

impl UserUpdate {
    /// The account after it; an error when it would have too many roles.
    pub fn apply(&self, user: &User) -> Result<User, RoleError> {
        let mut user = user.clone();
        if let Some(email) = &self.email {
            user.email = email.clone();
        }
        if let Some(display_name) = &self.display_name {
            user.display_name.clone_from(display_name);
        }
        user.status = self.status.unwrap_or(user.status);
        user.roles = match &self.roles {
            None => user.roles,
            Some(RolesUpdate::Set(roles)) => roles.clone(),
            Some(RolesUpdate::Grant(role)) => user.roles.with(role)?,
            Some(RolesUpdate::Revoke(role)) => user.roles.without(role),
        };
        Ok(user)
    }
}

/// Another password for an account.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// The hash that was verified before, where one was.
    pub from: Option<PasswordHash>,
    pub to: PasswordHash,
    /// The session that goes on; all others end.
    pub spared: Option<SessionId>,
}

use super::{AccountStatus, Role, User};

/// Which accounts are asked for; `None` is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// How the username or the e-mail address begins, whatever its case.
    pub search: Option<String>,
    pub role: Option<Role>,
    pub status: Option<AccountStatus>,
}

impl UserFilter {
    /// The search as folded names begin with it.
    pub fn prefix(&self) -> Option<String> {
        self.search.as_ref().map(|search| search.to_lowercase())
    }

    pub fn matches(&self, user: &User) -> bool {
        let begins = |prefix: String| {
            user.username.folded().starts_with(&prefix) || user.email.folded().starts_with(&prefix)
        };
        self.prefix().is_none_or(begins)
            && (self.role.as_ref()).is_none_or(|role| user.roles.has(role.as_str()))
            && self.status.is_none_or(|status| user.status == status)
    }
}

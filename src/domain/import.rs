use super::User;

/// An account that existed elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedUser {
    pub user: User,
    /// Whether it had its id there already; otherwise that was made for it here.
    pub keeps_id: bool,
}

/// What became of an account that was to be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    Imported,
    /// The account of this id has this username, or, where no id came with it,
    /// one account has this username, this e-mail address and this password hash
    /// already: an import that was interrupted goes on.
    AlreadyThere,
    /// An account of another username has the id.
    IdTaken,
    UsernameTaken,
    EmailTaken,
}

/// What became of an account that was to be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    Imported,
    /// One account has this username, this e-mail address and this password
    /// hash already: an import that was interrupted goes on.
    AlreadyThere,
    UsernameTaken,
    EmailTaken,
}

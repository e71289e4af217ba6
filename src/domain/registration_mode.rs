use std::str::FromStr;

/// Who may open an account for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Everyone.
    Open,
    /// Who has an invite that an admin made.
    Invite,
    /// Nobody: admins open accounts.
    Closed,
}

impl FromStr for RegistrationMode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "open" => Ok(Self::Open),
            "invite" => Ok(Self::Invite),
            "closed" => Ok(Self::Closed),
            _ => Err(()),
        }
    }
}

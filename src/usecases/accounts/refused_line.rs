use crate::usecases::FieldError;

/// Why a line of a file is no account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedLine {
    /// As far as it could be read, in at most [`RefusedLine::SHOWN`] characters.
    pub username: Option<String>,
    /// Short, and repeats no value: a hash may stand in any place.
    pub reason: String,
}

impl RefusedLine {
    /// How many characters of a name are shown.
    pub const SHOWN: usize = 64;

    pub(super) fn new(username: Option<&str>, errors: &[FieldError]) -> Self {
        let reasons: Vec<_> = errors
            .iter()
            .map(|FieldError { field, message }| format!("{field} {message}"))
            .collect();
        Self {
            username: username.map(str::to_owned),
            reason: reasons.join("; "),
        }
    }

    pub(super) fn clip(name: &str) -> String {
        name.chars().take(Self::SHOWN).collect()
    }
}

use unicode_normalization::UnicodeNormalization;

use super::{DisplayName, Email, Username};

/// How hard a password is to guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordStrength {
    pub score: StrengthScore,
    /// What would make it harder, in sentences.
    pub advice: Vec<String>,
}

/// 0 to 4: fewer than about 10^3, 10^6, 10^8 or 10^10 guesses, or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StrengthScore(u8);

impl StrengthScore {
    /// The least that a chosen password needs.
    pub const ACCEPTABLE: Self = Self(3);
    /// The most that one can have which is not accepted.
    pub const UNACCEPTABLE: Self = Self(2);
    pub const HIGHEST: Self = Self(4);

    /// What is beyond the scale is the highest score.
    pub fn new(score: u8) -> Self {
        Self(score).min(Self::HIGHEST)
    }

    pub fn as_u8(self) -> u8 {
        self.0
    }
}

/// What whoever guesses someone's password tries first: their names, whole and
/// in parts, and the name of this service (NIST SP 800-63B-4 §3.1.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalWords(Vec<String>);

impl PersonalWords {
    /// Shorter parts are in everyone's password.
    const SHORTEST_PART: usize = 3;
    const SERVICE: &str = "signet";

    /// Of someone of whom nothing is known.
    pub fn of_nobody() -> Self {
        Self(vec![Self::SERVICE.to_owned()])
    }

    pub fn of(username: &Username, email: &Email, display_name: Option<&DisplayName>) -> Self {
        let mut words = Self::of_nobody();
        words.add(username.as_str());
        words.add(email.as_str());
        if let Some(name) = display_name {
            words.add(name.as_str());
        }
        words
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    fn add(&mut self, name: &str) {
        // In the form of the passwords that they are compared with.
        let name: String = name.nfkc().collect();
        let parts = name.split(|c: char| !c.is_alphanumeric());
        let parts = parts.filter(|part| part.chars().count() >= Self::SHORTEST_PART);
        self.0.extend(parts.map(str::to_owned));
        self.0.push(name);
    }
}

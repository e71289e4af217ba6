use thiserror::Error;

use super::{Password, PasswordStrength, StrengthScore};

/// What a password that people choose must be, besides 1,024 bytes at most:
/// long enough and hard to guess, of whatever characters (NIST SP 800-63B-4
/// §3.1.1.2; OWASP ASVS 5.0 §6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    min_length: usize,
}

/// A password that its owner chose and that a [`PasswordPolicy`] let pass.
#[derive(Debug)]
pub struct ChosenPassword(Password);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WeakPassword {
    #[error("must have at least {least} bytes")]
    Short { least: usize },
    #[error("is too easy to guess. {}", advice.join(" "))]
    Guessable { advice: Vec<String> },
}

impl PasswordPolicy {
    /// `None` outside 8 to 128 bytes.
    pub fn new(min_length: usize) -> Option<Self> {
        (8..=128)
            .contains(&min_length)
            .then_some(Self { min_length })
    }

    /// In UTF-8, of what was typed and of what is hashed the shorter counts: a
    /// character that NFKC makes many of is still one to guess.
    pub fn check_length(self, password: &Password) -> Result<(), WeakPassword> {
        let typed = password.expose().len();
        let hashed = password.normalized().len();
        if typed.min(hashed) < self.min_length {
            let least = self.min_length;
            return Err(WeakPassword::Short { least });
        }
        Ok(())
    }

    /// The strength as the policy sees it: a score of 3 is one that passes.
    pub fn rate(self, password: &Password, strength: PasswordStrength) -> PasswordStrength {
        let PasswordStrength { score, mut advice } = strength;
        if self.check_length(password).is_ok() {
            return PasswordStrength { score, advice };
        }
        advice.insert(0, format!("Use at least {} bytes.", self.min_length));
        PasswordStrength {
            score: score.min(StrengthScore::UNACCEPTABLE),
            advice,
        }
    }

    /// `strength` is that of `password`.
    pub fn judge(
        self,
        password: Password,
        strength: PasswordStrength,
    ) -> Result<ChosenPassword, WeakPassword> {
        self.check_length(&password)?;
        if strength.score < StrengthScore::ACCEPTABLE {
            let advice = strength.advice;
            return Err(WeakPassword::Guessable { advice });
        }
        Ok(ChosenPassword(password))
    }
}

impl ChosenPassword {
    pub fn as_password(&self) -> &Password {
        &self.0
    }
}

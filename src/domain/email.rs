use std::{fmt, str::FromStr};

use email_address::{EmailAddress, Options};
use thiserror::Error;

/// An e-mail address: a mailbox of RFC 5321 without display name or domain
/// literal, at most 254 characters (RFC 5321 §4.5.3.1.3 less the brackets),
/// kept as written and unique without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EmailError {
    #[error("must have at most 254 characters")]
    Length,
    #[error("is not an e-mail address")]
    Syntax,
}

impl Email {
    pub const MAX_LENGTH: usize = 254;

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is unique: two addresses with one folded form are the same address.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().count() > Self::MAX_LENGTH {
            return Err(EmailError::Length);
        }
        let options = Options::default()
            .without_display_text()
            .without_domain_literal();
        EmailAddress::parse_with_options(text, options)
            .map(|_| Self(text.to_owned()))
            .map_err(|_| EmailError::Syntax)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

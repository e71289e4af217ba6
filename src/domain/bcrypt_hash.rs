use std::{fmt, str::FromStr};

use super::ImportedHashError;

/// A bcrypt hash in its usual form: `$2b$12$`, 22 characters of salt and 31 of
/// hash.
///
/// `$2a$`, `$2b$` and `$2y$` name one algorithm: each was introduced to tell
/// correct hashes from those of an implementation with an error, which only
/// `$2x$` still admits to.
#[derive(Clone, PartialEq, Eq)]
pub struct BcryptHash {
    text: String,
    cost: u32,
}

impl BcryptHash {
    const LENGTH: usize = 60;
    const SALT: usize = 7;
    const OUTPUT: usize = 29;
    const MIN_COST: u32 = 4;
    /// A verification doubles with each step; at 14 it takes about a second.
    pub const MAX_COST: u32 = 14;

    /// The last characters of salt and hash carry 2 and 4 bits: the others are
    /// zero in what every implementation writes.
    const ENDS_OF_SALT: &[u8] = b".Oeu";
    const ENDS_OF_OUTPUT: &[u8] = b".CGKOSWaeimquy26";

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for BcryptHash {
    type Err = ImportedHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let syntax = ImportedHashError::Syntax;
        let bytes = text.as_bytes();
        let named = ["$2a$", "$2b$", "$2y$"]
            .iter()
            .any(|name| text.starts_with(name));
        let alphabet = |b: &u8| b.is_ascii_alphanumeric() || b"./".contains(b);
        let [.., end] = bytes else {
            return Err(syntax);
        };
        let whole = named
            && bytes.len() == Self::LENGTH
            && bytes[4..6].iter().all(u8::is_ascii_digit)
            && bytes[6] == b'$'
            && bytes[Self::SALT..].iter().all(alphabet)
            && Self::ENDS_OF_SALT.contains(&bytes[Self::OUTPUT - 1])
            && Self::ENDS_OF_OUTPUT.contains(end);
        if !whole {
            return Err(syntax);
        }
        let cost = bytes[4..6]
            .iter()
            .fold(0, |cost, digit| cost * 10 + u32::from(digit - b'0'));
        if !(Self::MIN_COST..=Self::MAX_COST).contains(&cost) {
            return Err(ImportedHashError::BcryptCost(cost));
        }
        Ok(Self {
            text: text.to_owned(),
            cost,
        })
    }
}

impl fmt::Display for BcryptHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for BcryptHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BcryptHash(cost {}, [redacted])", self.cost)
    }
}

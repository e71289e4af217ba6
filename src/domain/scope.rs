use std::{collections::BTreeSet, fmt, str::FromStr};

use thiserror::Error;

/// A set of scopes (RFC 6749 §3.3), in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<String>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be scopes between single spaces, each of ASCII characters other than quotation mark and \
     backslash, at most 1,024 bytes together"
)]
pub struct ScopesError;

impl Scopes {
    pub const MAX_BYTES: usize = 1024;

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn is_subset(&self, others: &Self) -> bool {
        self.0.is_subset(&others.0)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromStr for Scopes {
    type Err = ScopesError;

    /// The empty text is no scope.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.len() > Self::MAX_BYTES {
            return Err(ScopesError);
        }
        let allowed = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\';
        text.split(' ')
            .map(|scope| {
                let valid = !scope.is_empty() && scope.bytes().all(allowed);
                valid.then(|| scope.to_owned()).ok_or(ScopesError)
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{scope}")?;
        }
        Ok(())
    }
}

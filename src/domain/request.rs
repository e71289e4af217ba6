use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::ClientAddress;

/// Names one request in answers, logs and the auth log: 1 to 128 characters of
/// ASCII letters, digits and `. _ -`, so that it can be copied anywhere unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        if (1..=128).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(())
        }
    }
}

impl From<Uuid> for RequestId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid.to_string())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a client says it is, cut to its first 256 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserAgent(String);

impl UserAgent {
    pub const MAX_LENGTH: usize = 256;

    pub fn new(text: &str) -> Self {
        Self(text.chars().take(Self::MAX_LENGTH).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who asks, as far as the transport tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestOrigin {
    pub address: ClientAddress,
    pub user_agent: Option<UserAgent>,
    pub request_id: RequestId,
}

use std::sync::atomic::{AtomicU64, Ordering};

/// What a token is issued for. The names are those of OAuth's grant types
/// (RFC 6749 §4.3, §4.4, §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// A login.
    Password,
    RefreshToken,
    ClientCredentials,
}

impl Grant {
    pub const ALL: [Self; 3] = [Self::Password, Self::RefreshToken, Self::ClientCredentials];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

/// How many access tokens were handed out since the start.
#[derive(Debug, Default)]
pub struct IssuedTokens {
    password: AtomicU64,
    refresh_token: AtomicU64,
    client_credentials: AtomicU64,
}

impl IssuedTokens {
    pub fn count(&self, grant: Grant) -> u64 {
        self.counter(grant).load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, grant: Grant) {
        self.counter(grant).fetch_add(1, Ordering::Relaxed);
    }

    fn counter(&self, grant: Grant) -> &AtomicU64 {
        match grant {
            Grant::Password => &self.password,
            Grant::RefreshToken => &self.refresh_token,
            Grant::ClientCredentials => &self.client_credentials,
        }
    }
}

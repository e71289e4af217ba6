use std::{fmt, str::FromStr};

use ::redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

/// Where a Redis server listens and how to log in there. Shown without the
/// user and the password.
#[derive(Clone)]
pub struct RedisUrl(ConnectionInfo);

impl RedisUrl {
    pub(super) fn connection_info(&self) -> ConnectionInfo {
        self.0.clone()
    }
}

impl FromStr for RedisUrl {
    type Err = &'static str;

    /// The reasons never quote the text: it may hold a password.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], the same \
                                with rediss:// for TLS, or unix:///PATH[?db=DATABASE], like \
                                redis://127.0.0.1:6379";
        let scheme = text.split_once(':').ok_or(EXPECTED)?.0;
        if !["redis", "rediss", "unix"].contains(&scheme) {
            return Err(EXPECTED);
        }
        // The client would take `#insecure` for a wish to check no certificate.
        if text.contains('#') {
            return Err("parameters after # are not supported; write a # of a password as %23");
        }
        // It would leave out parameters that it does not know, a password's among them.
        let known: &[&str] = if scheme == "unix" {
            &["db", "user", "pass"]
        } else {
            &[]
        };
        let query = text.split_once('?').map_or("", |(_, query)| query);
        let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
        if names.any(|name| !name.is_empty() && !known.contains(&name)) {
            return Err(
                "of parameters after ? only `db`, `user` and `pass` of unix:// are known; \
                        write a ? of a password as %3F",
            );
        }
        let info = text.into_connection_info().map_err(|_| EXPECTED)?;
        if info.redis_settings().db() < 0 {
            return Err("the database must be a number from 0");
        }
        Ok(Self(info))
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let db = self.0.redis_settings().db();
        match self.0.addr() {
            ConnectionAddr::Unix(path) => write!(f, "unix://{}?db={db}", path.display()),
            address @ ConnectionAddr::TcpTls { .. } => write!(f, "rediss://{address}/{db}"),
            address => write!(f, "redis://{address}/{db}"),
        }
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

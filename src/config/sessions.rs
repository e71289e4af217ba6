//! How long sessions live, and what contradicts itself about it.

use std::time::Duration;

use super::{ConfigError, forms::duration, reading::whole_seconds, sources::Values};
use crate::domain::{LONGEST_IDLE, SessionTerms};

const LONGEST_WINDOW: Duration = Duration::from_mins(5);

pub(super) fn terms(
    values: &Values,
    access_token_ttl: Duration,
) -> Result<SessionTerms, ConfigError> {
    let terms = SessionTerms {
        idle: whole_seconds(values, "session_idle_ttl")?,
        longest: whole_seconds(values, "session_max_ttl")?,
        reuse_window: duration(values, "refresh_reuse_window")?,
    };
    if terms.idle > LONGEST_IDLE {
        let reason = "expected at most 365days";
        return Err(ConfigError::invalid("session_idle_ttl", reason));
    }
    if terms.idle < access_token_ttl {
        let reason = format!(
            "sessions that end after {:?} without a refresh are shorter than access tokens \
             ({access_token_ttl:?}, SIGNET_ACCESS_TOKEN_TTL)",
            terms.idle
        );
        return Err(ConfigError::invalid("session_idle_ttl", reason));
    }
    if terms.longest < terms.idle {
        let reason = format!(
            "sessions that end after {:?} cannot be idle for {:?} (SIGNET_SESSION_IDLE_TTL)",
            terms.longest, terms.idle
        );
        return Err(ConfigError::invalid("session_max_ttl", reason));
    }
    if terms.reuse_window > LONGEST_WINDOW {
        let reason = "expected 0s to 5m: a stolen token is good for as long";
        return Err(ConfigError::invalid("refresh_reuse_window", reason));
    }
    Ok(terms)
}

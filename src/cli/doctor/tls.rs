//! The certificate and the key that clients are shown.

use super::{files, report::Check};
use crate::{
    adapters::http::{TlsFiles, TlsPair},
    config::Config,
    ports::Clock,
};

/// Enough to see that a renewal does not work, and to mend it.
const DAYS_LEFT: i64 = 14;

pub(super) fn check(config: &Config, clock: &dyn Clock) -> Vec<Check> {
    match &config.tls {
        Some(files) => of_pair(files, clock),
        None => of_none(config).into_iter().collect(),
    }
}

fn of_none(config: &Config) -> Option<Check> {
    let found = format!("{} is served without TLS", config.listen);
    let advice = "set SIGNET_TLS_CERT and SIGNET_TLS_KEY, or let a proxy in front speak TLS";
    (!config.listen.ip().is_loopback()).then(|| Check::warn("TLS", found, advice))
}

fn of_pair(pair: &TlsFiles, clock: &dyn Clock) -> Vec<Check> {
    let key_file = files::of_key("SIGNET_TLS_KEY", &pair.key);
    let validity = match TlsPair::read(pair) {
        Ok(pair) => pair.validity,
        Err(error) => {
            let advice = "SIGNET_TLS_CERT and SIGNET_TLS_KEY name PEM files that belong together";
            let failed = Check::fail("TLS certificate", error.to_string(), advice);
            return key_file.into_iter().chain([failed]).collect();
        }
    };
    let now = clock.now();
    let (name, renew) = (
        "TLS certificate",
        "renew it; a running server takes it over",
    );
    let until = validity.until.format("%Y-%m-%d");
    let days = validity.left(now).num_days();
    let certificate = match validity.trouble(now) {
        Some(trouble) => Check::fail(name, format!("it {trouble}; valid until {until}"), renew),
        None if days < DAYS_LEFT => {
            Check::warn(name, format!("{days} days left, until {until}"), renew)
        }
        None => Check::ok(name, format!("{days} days left, until {until}")),
    };
    key_file.into_iter().chain([certificate]).collect()
}

//! What connections speak, how long clients may take, and how many there may be.

use std::{ops::RangeInclusive, time::Duration};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{
    ConfigError,
    forms::{duration, number},
    sources::Values,
};
use crate::adapters::http::{ClientIpPolicy, ConnectionBounds, DrainTimings, TlsFiles};

const AT_ONCE: RangeInclusive<usize> = 1..=1_000_000;
const LEAST_TIMEOUT: Duration = Duration::from_millis(100);
const MOST: Duration = Duration::from_hours(1);

pub(super) fn bounds(
    values: &Values,
    client_ip: &ClientIpPolicy,
) -> Result<ConnectionBounds, ConfigError> {
    let timeout = |name| duration_from(values, name, LEAST_TIMEOUT);
    let mut shared_addresses = loopback();
    shared_addresses.extend(&client_ip.trusted_proxies);
    Ok(ConnectionBounds {
        request_head_timeout: timeout("request_head_timeout")?,
        request_timeout: timeout("request_timeout")?,
        keep_alive_timeout: timeout("keep_alive_timeout")?,
        write_timeout: timeout("write_timeout")?,
        max_connections: number(values, "max_connections", AT_ONCE)?,
        max_connections_per_client: number(values, "max_connections_per_client", AT_ONCE)?,
        shared_addresses,
    })
}

/// Both files or neither.
pub(super) fn tls(values: &Values) -> Result<Option<TlsFiles>, ConfigError> {
    let (certificate, key) = ("tls_cert", "tls_key");
    let missing = |name, other: &str| {
        let other = other.to_ascii_uppercase();
        Err(ConfigError::invalid(
            name,
            format!(
                "is missing, and SIGNET_{other} is set: expected the PEM file that goes with it"
            ),
        ))
    };
    match (
        values.optional_text(certificate)?,
        values.optional_text(key)?,
    ) {
        (None, None) => Ok(None),
        (Some(_), None) => missing(key, certificate),
        (None, Some(_)) => missing(certificate, key),
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles {
            certificate: certificate.into(),
            key: key.into(),
        })),
    }
}

pub(super) fn drain_timings(values: &Values) -> Result<DrainTimings, ConfigError> {
    Ok(DrainTimings {
        delay: duration_from(values, "drain_delay", Duration::ZERO)?,
        timeout: duration_from(values, "drain_timeout", Duration::ZERO)?,
    })
}

fn loopback() -> Vec<IpNet> {
    let v4 = Ipv4Net::new([127, 0, 0, 0].into(), 8).map(IpNet::from);
    let v6 = Ipv6Net::from(std::net::Ipv6Addr::LOCALHOST);
    v4.into_iter().chain([v6.into()]).collect()
}

fn duration_from(values: &Values, name: &str, least: Duration) -> Result<Duration, ConfigError> {
    let length = duration(values, name)?;
    if (least..=MOST).contains(&length) {
        return Ok(length);
    }
    let least = humantime::format_duration(least);
    Err(ConfigError::invalid(
        name,
        format!("expected {least} to 1h"),
    ))
}

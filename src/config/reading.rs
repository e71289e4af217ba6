//! How settings are read from their texts, and what is refused.

use std::{net::IpAddr, time::Duration};

use ipnet::IpNet;

use super::{
    ConfigError,
    forms::{duration, number},
    sources::Values,
};
use crate::{
    adapters::{
        hasher::PoolSettings,
        http::{ClientIpHeader, ClientIpPolicy},
        system::cores,
    },
    domain::{Argon2Params, KeyTimings, KeyTimingsError, RateLimit, RsaKeySize, SigningAlgorithm},
};

/// Between the logins of a server in use no memory is wiped; a second after the
/// last one nothing of its password is left.
const HASH_MEMORY_WIPED_AFTER: Duration = Duration::from_secs(1);

pub(super) fn issuer(values: &Values) -> Result<Option<String>, ConfigError> {
    let issuer = values.optional_text("issuer")?;
    match &issuer {
        Some(url) if !(url.starts_with("http://") || url.starts_with("https://")) => {
            Err(ConfigError::invalid(
                "issuer",
                "expected an http:// or https:// URL, like https://auth.example",
            ))
        }
        Some(url) if url.contains(['?', '#']) => Err(ConfigError::invalid(
            "issuer",
            "must have neither query nor fragment (RFC 8414 §2), like https://auth.example",
        )),
        _ => Ok(issuer),
    }
}

pub(super) fn client_id(values: &Values) -> Result<String, ConfigError> {
    values
        .optional_text("client_id")?
        .ok_or_else(|| ConfigError::invalid("client_id", "expected a name, like signet"))
}

pub(super) fn access_token_ttl(values: &Values) -> Result<Duration, ConfigError> {
    const ONE_SECOND: Duration = Duration::from_secs(1);
    const ONE_DAY: Duration = Duration::from_hours(24);
    let ttl = duration(values, "access_token_ttl")?;
    if ttl.subsec_nanos() > 0 || !(ONE_SECOND..=ONE_DAY).contains(&ttl) {
        return Err(ConfigError::invalid(
            "access_token_ttl",
            "expected whole seconds from 1s to 1day",
        ));
    }
    Ok(ttl)
}

pub(super) fn signing_algorithm(values: &Values) -> Result<SigningAlgorithm, ConfigError> {
    let name = "signing_algorithm";
    values
        .text(name)?
        .parse()
        .map_err(|_| ConfigError::invalid(name, "expected RS256, PS256, ES256 or EdDSA"))
}

pub(super) fn key_bits(values: &Values) -> Result<RsaKeySize, ConfigError> {
    let expected = "2048, 3072 or 4096";
    RsaKeySize::from_bits(values.parse("key_bits", expected)?)
        .ok_or_else(|| ConfigError::invalid("key_bits", format!("expected {expected}")))
}

pub(super) fn key_timings(
    values: &Values,
    token_lifetime: Duration,
) -> Result<KeyTimings, ConfigError> {
    let timings = KeyTimings {
        rotation_interval: whole_seconds(values, "key_rotation_interval")?,
        jwks_max_age: whole_seconds(values, "jwks_max_age")?,
        clock_skew: whole_seconds(values, "clock_skew")?,
        refresh: whole_seconds(values, "key_refresh")?,
        staleness: whole_seconds(values, "key_staleness")?,
        token_lifetime,
    };
    timings.check().map_err(|error| {
        let name = match error {
            KeyTimingsError::IntervalTooShort { .. } => "key_rotation_interval",
            KeyTimingsError::RefreshTooSlow { .. } => "key_refresh",
        };
        ConfigError::invalid(name, error)
    })
}

pub(super) fn whole_seconds(values: &Values, name: &str) -> Result<Duration, ConfigError> {
    const MOST: Duration = Duration::from_hours(24 * 3650);
    let duration = duration(values, name)?;
    if duration.subsec_nanos() > 0 || !(Duration::from_secs(1)..=MOST).contains(&duration) {
        let reason = "expected whole seconds, from 1s to ten years";
        return Err(ConfigError::invalid(name, reason));
    }
    Ok(duration)
}

pub(super) fn retention(values: &Values, name: &str) -> Result<Duration, ConfigError> {
    let retention = whole_seconds(values, name)?;
    if retention < Duration::from_hours(24) {
        return Err(ConfigError::invalid(name, "expected at least 1day"));
    }
    Ok(retention)
}

pub(super) fn argon2(values: &Values, dev: bool) -> Result<Argon2Params, ConfigError> {
    let params = Argon2Params::new(
        values.parse("argon2_memory_kib", "KiB, like 19456")?,
        number(
            values,
            "argon2_iterations",
            1..=Argon2Params::MAX_ITERATIONS,
        )?,
        number(
            values,
            "argon2_parallelism",
            1..=Argon2Params::MAX_PARALLELISM,
        )?,
    );
    let params = values.check("argon2_*", params)?;
    if !dev && !params.reaches_owasp_minimum() {
        return Err(ConfigError::invalid(
            "argon2_*",
            "weaker than OWASP's minimum: memory in KiB and iterations must reach one of \
             47104/1, 19456/2, 12288/3, 9216/4, 7168/5",
        ));
    }
    Ok(params)
}

pub(super) fn hash_pool(values: &Values) -> Result<PoolSettings, ConfigError> {
    let workers = match values.optional_text("hash_workers")? {
        Some(_) => number(values, "hash_workers", 1..=1024)?,
        None => cores(),
    };
    Ok(PoolSettings {
        workers,
        queue_per_worker: number(values, "hash_queue_per_worker", 1..=10_000)?,
        max_wait: hash_max_wait(values)?,
        wipe_after: HASH_MEMORY_WIPED_AFTER,
    })
}

pub(super) fn rate_limit(
    values: &Values,
    name: &'static str,
) -> Result<Option<RateLimit>, ConfigError> {
    match values.text(name)?.as_str() {
        "off" => Ok(None),
        text => values.check(name, text.parse()).map(Some),
    }
}

pub(super) fn client_ip(values: &Values) -> Result<ClientIpPolicy, ConfigError> {
    let network = |text: &String| {
        let network = text
            .parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| format!("{text:?} is neither an address nor a CIDR, like 10.0.0.0/8"))?;
        // Addresses are compared in their IPv4 form, where they have one.
        match network.addr() {
            IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => Err(format!(
                "{text:?}: write the IPv4 network that it stands for, like 10.0.0.0/8"
            )),
            _ => Ok(network),
        }
    };
    let proxies = values.list("trusted_proxies")?;
    let header = values.text("client_ip_header")?.to_ascii_lowercase();
    Ok(ClientIpPolicy {
        trusted_proxies: values.check(
            "trusted_proxies",
            proxies.iter().map(network).collect::<Result<_, _>>(),
        )?,
        header: match header.as_str() {
            "x-forwarded-for" => ClientIpHeader::XForwardedFor,
            "forwarded" => ClientIpHeader::Forwarded,
            _ => {
                return Err(ConfigError::invalid(
                    "client_ip_header",
                    "expected X-Forwarded-For or Forwarded",
                ));
            }
        },
    })
}

/// Origins as browsers write them (RFC 6454 §6.2).
pub(super) fn cors_origins(values: &Values) -> Result<Vec<String>, ConfigError> {
    let origins = values.list("cors_origins")?;
    let is_origin = |text: &String| {
        text.strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', '?', '#', '@']))
    };
    match origins.iter().find(|origin| !is_origin(origin)) {
        Some(wrong) => Err(ConfigError::invalid(
            "cors_origins",
            format!("{wrong:?} is not an origin like https://app.example"),
        )),
        None => Ok(origins),
    }
}

fn hash_max_wait(values: &Values) -> Result<Duration, ConfigError> {
    const LEAST: Duration = Duration::from_millis(100);
    const MOST: Duration = Duration::from_mins(1);
    let wait = duration(values, "hash_max_wait")?;
    if (LEAST..=MOST).contains(&wait) {
        Ok(wait)
    } else {
        let reason = "expected 100ms to 1min";
        Err(ConfigError::invalid("hash_max_wait", reason))
    }
}

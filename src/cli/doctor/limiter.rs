use super::report::{Check, reason};
use crate::{adapters::limiter::examine_redis, cli::error::CliError, cli::runtime, config::Config};

/// Whether the shared limits can be counted, and are kept; nothing where they are not
/// shared.
pub(super) fn check(config: &Config) -> Result<Vec<Check>, CliError> {
    let Some(url) = config.limiter_url.clone() else {
        return Ok(Vec::new());
    };
    let name = "limiter";
    Ok(match runtime()?.block_on(examine_redis(url.clone())) {
        Ok(found) => {
            let version = found.version.as_deref();
            let version = version.unwrap_or("of unknown version (it may not be asked)");
            let counts = Check::ok(name, format!("counts on Redis {version} at {url}"));
            vec![counts, of_memory(found.eviction.as_deref())]
        }
        Err(error) => {
            let found = format!("{url} does not count: {}", reason(error));
            let advice =
                "start Redis, or correct SIGNET_LIMITER_URL; until then the limits are not shared";
            vec![Check::fail(name, found, advice)]
        }
    })
}

fn of_memory(eviction: Option<&str>) -> Check {
    let name = "limiter's memory";
    match eviction {
        Some("noeviction") => Check::ok(name, "maxmemory-policy noeviction: what is counted stays"),
        Some(policy) => Check::warn(
            name,
            format!("maxmemory-policy {policy}: when its memory is full, Redis forgets counts"),
            "set maxmemory-policy noeviction: a flood of addresses makes it forget others' \
             failures",
        ),
        None => Check::ok(
            name,
            "cannot tell its maxmemory-policy, for INFO may not be asked; noeviction is what keeps \
             counts",
        ),
    }
}

use super::report::{Check, reason};
use crate::{adapters::limiter::examine_redis, cli::error::CliError, cli::runtime, config::Config};

/// Whether the shared limits can be counted; none where they are not shared.
pub(super) fn check(config: &Config) -> Result<Option<Check>, CliError> {
    let Some(url) = config.limiter_url.clone() else {
        return Ok(None);
    };
    let name = "limiter";
    let found = runtime()?.block_on(examine_redis(url.clone()));
    Ok(Some(match found {
        Ok(version) => Check::ok(name, format!("counts on Redis {version} at {url}")),
        Err(error) => {
            let found = format!("{url} does not count: {}", reason(error));
            let advice =
                "start Redis, or correct SIGNET_LIMITER_URL; until then the limits are not shared";
            Check::fail(name, found, advice)
        }
    }))
}

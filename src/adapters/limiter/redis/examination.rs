//! What operators are told of a Redis server.

use std::sync::Weak;

use ::redis::{RedisError, aio::MultiplexedConnection};
use tokio::time::timeout;

use super::{
    FallbackPolicy, RedisServer, RedisSettings, RedisTrouble, RedisUrl,
    search::{PROBE_PATIENCE, connect, open},
};

/// A server on which limits can be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExaminedRedis {
    /// `None` where it does not tell.
    pub version: Option<String>,
    /// Its `maxmemory-policy`; `None` where it does not tell.
    pub eviction: Option<String>,
}

/// Whether limits could be counted there, which includes that scripts may run, and
/// what it tells of itself.
pub async fn examine_redis(url: RedisUrl) -> Result<ExaminedRedis, RedisTrouble> {
    let settings = RedisSettings::new(url, FallbackPolicy::Deny);
    let client = open(&settings.url)?;
    let server = RedisServer::new(client, settings, Weak::new());
    let mut connection = connect(&server).await?;
    let told = timeout(PROBE_PATIENCE, told(&mut connection)).await;
    let told = match told.map_err(|_| RedisTrouble::Slow(PROBE_PATIENCE))? {
        // An access control list leaves the question out.
        Err(error) if error.code() == Some("NOPERM") => String::new(),
        answer => answer?,
    };
    Ok(ExaminedRedis {
        version: value(&told, "redis_version:"),
        eviction: value(&told, "maxmemory_policy:"),
    })
}

async fn told(connection: &mut MultiplexedConnection) -> Result<String, RedisError> {
    ::redis::cmd("INFO").query_async(connection).await
}

fn value(told: &str, name: &str) -> Option<String> {
    let value = told.lines().find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().to_owned())
}

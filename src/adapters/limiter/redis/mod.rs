//! Limits that any number of servers share on one Redis server, and what is
//! done while that is away.

mod examination;
mod limiter;
mod owed;
mod search;
mod server;
mod settings;
mod throttle;
mod url;

use std::time::Duration;

pub use self::{
    examination::{ExaminedRedis, examine_redis},
    limiter::RedisLimiter,
    server::{RedisServer, RedisTrouble},
    settings::{FallbackPolicy, RedisSettings},
    throttle::RedisThrottle,
    url::RedisUrl,
};

/// What a client is told that is refused because nobody counts: about as long as
/// it takes to find a Redis that is back.
const RETRY_AFTER: Duration = Duration::from_secs(1);

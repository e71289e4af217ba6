use std::{fmt, sync::Arc, time::Duration};

use ::redis::{Script, ScriptInvocation};
use async_trait::async_trait;

use super::{FallbackPolicy, RETRY_AFTER, RedisServer, settings::Time};
use crate::{
    domain::RateLimit,
    ports::{Admission, RateClient, RateLimiter, RateScope},
};

pub(super) const SCRIPT: &str = include_str!("rate_limit.lua");
/// What a probe asks for: quota and window.
pub(super) const PROBE: (u32, Duration) = (1, Duration::from_secs(1));

/// Limits that all servers of one Redis share. One script judges and counts, on
/// that server's clock, so that they need not agree on the time.
///
/// A client is a list of its latest admissions under a key of its own, which
/// Redis deletes when the window has passed. While Redis is away the fallback
/// judges; where that is local, it starts with nothing counted.
pub struct RedisLimiter {
    server: Arc<RedisServer>,
    local: Arc<dyn RateLimiter>,
    script: Script,
}

impl RedisLimiter {
    /// `local` is asked under [`FallbackPolicy::Local`].
    pub fn new(server: Arc<RedisServer>, local: Arc<dyn RateLimiter>) -> Self {
        Self {
            server,
            local,
            script: Script::new(SCRIPT),
        }
    }
}

#[async_trait]
impl RateLimiter for RedisLimiter {
    async fn admit(&self, scope: RateScope, client: RateClient, limit: RateLimit) -> Admission {
        let time = self.server.time();
        // The numbers are bounded and the parts have no colon before the last:
        // no client can write another's key.
        let subject = match client {
            RateClient::Network(network) => format!("n:{network}"),
            RateClient::User(user) => format!("u:{user}"),
        };
        let key = self.server.key(scope.as_str(), subject);
        let mut invocation = self.script.key(key);
        add_args(&mut invocation, time, (limit.quota(), limit.window()));
        match self.server.run::<Vec<u64>>(&invocation).await.as_deref() {
            Ok([0, retry_after, ..]) => Admission::Refused {
                retry_after: time.duration(*retry_after),
            },
            Ok([_, reset_after, remaining, ..]) => Admission::Admitted {
                remaining: u32::try_from(*remaining).unwrap_or(u32::MAX),
                reset_after: time.duration(*reset_after),
            },
            Err(FallbackPolicy::Local) => self.local.admit(scope, client, limit).await,
            Err(FallbackPolicy::Allow) => Admission::Admitted {
                remaining: limit.quota() - 1,
                reset_after: limit.window(),
            },
            // The scripts give no other answer than those above.
            Ok(_) | Err(FallbackPolicy::Deny) => Admission::Unavailable {
                retry_after: RETRY_AFTER,
            },
        }
    }
}

pub(super) fn add_args(
    invocation: &mut ScriptInvocation<'_>,
    time: &Time,
    (quota, window): (u32, Duration),
) {
    invocation
        .arg(quota)
        .arg(time.ticks(window))
        .arg(time.time_to_live(window))
        .arg(time.now());
}

impl fmt::Debug for RedisLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisLimiter").field(&self.server).finish()
    }
}

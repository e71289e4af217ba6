use std::{fmt, sync::Arc};

use ::redis::Script;
use async_trait::async_trait;

use super::{FallbackPolicy, RETRY_AFTER, RedisServer};
use crate::{
    crypto::SharedNames,
    domain::{AttemptResult, AttemptSubject, LoginAttempts},
    ports::{AccountThrottle, Attempt},
};

/// Counts on a Redis server, for all servers that share it and the master key.
/// Names stand there as keyed digests. An attempt whose server died counts until its flight is over.
///
/// An attempt that began on one side of an outage and ends on the other is
/// counted where it ends, and stays in flight where it began for
/// [`LoginAttempts::LONGEST_FLIGHT`].
pub struct RedisThrottle {
    server: Arc<RedisServer>,
    local: Arc<dyn AccountThrottle>,
    names: SharedNames,
    script: Script,
}

impl RedisThrottle {
    /// `local` is asked under [`FallbackPolicy::Local`].
    pub fn new(
        server: Arc<RedisServer>,
        local: Arc<dyn AccountThrottle>,
        names: SharedNames,
    ) -> Self {
        Self {
            server,
            local,
            names,
            script: Script::new(include_str!("throttle.lua")),
        }
    }

    async fn tell(
        &self,
        subject: AttemptSubject,
        event: &str,
    ) -> Result<Option<u64>, FallbackPolicy> {
        let time = self.server.time();
        let mut text = self.names.name(&subject.name);
        if let Some(network) = subject.network {
            text = format!("{text}:{network}");
        }
        let mut invocation = self.script.key(self.server.key("name", text));
        invocation
            .arg(event)
            .arg(time.ticks(std::time::Duration::from_secs(1)))
            .arg(LoginAttempts::FREE_FAILURES)
            .arg(time.ticks(LoginAttempts::LONGEST_DELAY))
            .arg(time.ticks(LoginAttempts::FORGOTTEN_AFTER))
            .arg(time.ticks(LoginAttempts::LONGEST_FLIGHT))
            .arg(time.time_to_live(LoginAttempts::FORGOTTEN_AFTER))
            .arg(time.time_to_live(LoginAttempts::LONGEST_FLIGHT))
            .arg(time.now());
        let (admitted, wait): (bool, u64) = self.server.run(&invocation).await?;
        Ok((!admitted).then_some(wait))
    }
}

#[async_trait]
impl AccountThrottle for RedisThrottle {
    async fn begin(&self, subject: AttemptSubject) -> Attempt {
        match self.tell(subject, "begin").await {
            Ok(None) | Err(FallbackPolicy::Allow) => Attempt::Admitted,
            Ok(Some(wait)) => Attempt::Throttled {
                retry_after: self.server.time().duration(wait),
            },
            Err(FallbackPolicy::Local) => self.local.begin(subject).await,
            Err(FallbackPolicy::Deny) => Attempt::Unavailable {
                retry_after: RETRY_AFTER,
            },
        }
    }

    async fn end(&self, subject: AttemptSubject, result: AttemptResult) {
        let event = match result {
            AttemptResult::Succeeded => "succeeded",
            AttemptResult::Failed => "failed",
            AttemptResult::Abandoned => "abandoned",
        };
        if let Err(FallbackPolicy::Local) = self.tell(subject, event).await {
            self.local.end(subject, result).await;
        }
    }
}

impl fmt::Debug for RedisThrottle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisThrottle").field(&self.server).finish()
    }
}

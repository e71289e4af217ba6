use std::{fmt, sync::Arc, time::Duration};

use ::redis::{Script, ScriptInvocation};
use async_trait::async_trait;

use super::{FallbackPolicy, RETRY_AFTER, RedisServer, owed::Ending};
use crate::{
    crypto::SharedNames,
    domain::{AttemptResult, AttemptSubject, LoginAttempts},
    ports::{AccountThrottle, Attempt, CountedAt},
};

pub(super) const SCRIPT: &str = include_str!("throttle.lua");

/// Counts on a Redis server, for all servers that share it and the master key.
/// Names stand there as keyed digests. An attempt whose server died counts until its flight is over.
///
/// An attempt that began on Redis and ends while that is away counts by the fallback,
/// and on Redis as soon as it is found again, before anything else is counted there, as
/// of when it ended: it takes no attempt for its own that began later.
/// One that began without Redis ends without it.
///
/// Redis keeps what the contract says where it is not to evict, its default. With
/// another `maxmemory-policy` it forgets names as it sees fit, also while attempts are
/// in flight, and a flood of addresses makes it: their failures begin anew.
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
            script: Script::new(SCRIPT),
        }
    }

    async fn tell(
        &self,
        subject: AttemptSubject,
        event: &str,
    ) -> Result<Option<u64>, FallbackPolicy> {
        let key = self.key(subject);
        let invocation = invocation(&self.script, &self.server, &key, event, Duration::ZERO);
        let (admitted, wait): (bool, u64) = self.server.run(&invocation).await?;
        Ok((!admitted).then_some(wait))
    }

    fn key(&self, subject: AttemptSubject) -> String {
        let mut text = self.names.name(&subject.name);
        if let Some(network) = subject.network {
            text = format!("{text}:{network}");
        }
        self.server.key("name", text)
    }
}

/// What tells of the event at the name that the key stands for, and how long ago it
/// happened.
pub(super) fn invocation<'a>(
    script: &'a Script,
    server: &RedisServer,
    key: &str,
    event: &str,
    ago: Duration,
) -> ScriptInvocation<'a> {
    let time = server.time();
    let mut invocation = script.key(key);
    invocation
        .arg(event)
        .arg(time.ticks(Duration::from_secs(1)))
        .arg(LoginAttempts::FREE_FAILURES)
        .arg(time.ticks(LoginAttempts::LONGEST_DELAY))
        .arg(time.ticks(LoginAttempts::FORGOTTEN_AFTER))
        .arg(time.ticks(LoginAttempts::LONGEST_FLIGHT))
        .arg(time.time_to_live(LoginAttempts::FORGOTTEN_AFTER))
        .arg(time.time_to_live(LoginAttempts::LONGEST_FLIGHT))
        .arg(time.ticks(ago))
        .arg(time.now());
    invocation
}

#[async_trait]
impl AccountThrottle for RedisThrottle {
    async fn begin(&self, subject: AttemptSubject) -> Attempt {
        match self.tell(subject, "begin").await {
            Ok(None) => Attempt::Admitted(CountedAt::Usual),
            Ok(Some(wait)) => Attempt::Throttled {
                retry_after: self.server.time().duration(wait),
            },
            Err(FallbackPolicy::Local) => match self.local.begin(subject).await {
                Attempt::Admitted(_) => Attempt::Admitted(CountedAt::Fallback),
                refused => refused,
            },
            Err(FallbackPolicy::Allow) => Attempt::Admitted(CountedAt::Fallback),
            Err(FallbackPolicy::Deny) => Attempt::Unavailable {
                retry_after: RETRY_AFTER,
            },
        }
    }

    async fn end(&self, subject: AttemptSubject, counted: CountedAt, result: AttemptResult) {
        if counted == CountedAt::Usual {
            let event = match result {
                AttemptResult::Succeeded => "succeeded",
                AttemptResult::Failed => "failed",
                AttemptResult::Abandoned => "abandoned",
            };
            if self.tell(subject, event).await.is_ok() {
                return;
            }
            let key = self.key(subject);
            self.server.owe(Ending {
                key,
                event,
                at: self.server.time().moment(),
            });
        }
        if self.server.settings.fallback == FallbackPolicy::Local {
            self.local.end(subject, counted, result).await;
        }
    }
}

impl fmt::Debug for RedisThrottle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisThrottle").field(&self.server).finish()
    }
}

//! Ends of attempts that the server was away for: a failure whose begin it counted
//! would be no failure there once the attempt's flight is over.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use ::redis::{Script, aio::MultiplexedConnection};
use tokio::time::timeout;

use super::{
    RedisServer, RedisTrouble,
    search::PROBE_PATIENCE,
    settings::Moment,
    throttle::{SCRIPT, invocation},
};
use crate::domain::LoginAttempts;

/// How many are kept, some 100 bytes each. Who makes more of them fail has had a
/// hash computed for each.
const MOST: usize = 10_000;

#[derive(Default)]
pub(super) struct Owed {
    endings: Mutex<VecDeque<Ending>>,
    /// Held while they are told: two who tell would each take one away for the
    /// same one.
    settling: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
pub(super) struct Ending {
    pub key: String,
    pub event: &'static str,
    pub at: Moment,
}

impl Owed {
    pub(super) fn note(&self, ending: Ending) {
        let mut endings = self.lock();
        if endings.len() < MOST {
            endings.push_back(ending);
        }
    }

    /// Tells the server of all of them, in their order, and waits for each as long as
    /// for a look; no request waits meanwhile. What it was not told of stays.
    pub(super) async fn settle(
        &self,
        server: &RedisServer,
        connection: &MultiplexedConnection,
    ) -> Result<(), RedisTrouble> {
        let _alone = self.settling.lock().await;
        let script = Script::new(SCRIPT);
        let mut connection = connection.clone();
        while let Some(Ending { key, event, at }) = self.first() {
            let ago = server.time().since(at);
            if ago >= LoginAttempts::FORGOTTEN_AFTER {
                // Nothing of it would count any more.
                self.lock().pop_front();
                continue;
            }
            let told = invocation(&script, server, &key, event, ago);
            let answer = timeout(PROBE_PATIENCE, told.invoke_async(&mut connection));
            let _: (bool, u64) = answer
                .await
                .map_err(|_| RedisTrouble::Slow(PROBE_PATIENCE))??;
            self.lock().pop_front();
        }
        Ok(())
    }

    fn first(&self) -> Option<Ending> {
        self.lock().front().cloned()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Ending>> {
        // No step under the lock leaves it half changed.
        self.endings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

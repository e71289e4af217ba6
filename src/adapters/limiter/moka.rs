use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use ::moka::{policy::EvictionPolicy, sync::Cache};
use async_trait::async_trait;

use super::SlidingWindow;
use crate::{
    domain::RateLimit,
    ports::{Admission, Clock, RateClient, RateLimiter, RateScope},
};

/// Limits in this process's memory, which a flood of addresses cannot exhaust.
///
/// Windows are judged by the [`Clock`] alone. The cache only bounds how many
/// there are: it has a clock of its own, so nothing expires in it.
pub struct MokaLimiter {
    windows: Cache<(RateScope, RateClient), Arc<Mutex<SlidingWindow>>>,
    clock: Arc<dyn Clock>,
}

impl MokaLimiter {
    /// Remembers about `max_clients` clients, those seen last; a client counts
    /// once for each scope that it uses. Measured, one takes some 400 bytes and
    /// up to 32 for each request of its quota.
    pub fn new(max_clients: u64, clock: Arc<dyn Clock>) -> Self {
        let windows = Cache::builder()
            // A cache for none would limit nobody.
            .max_capacity(max_clients.max(1))
            // The default, TinyLFU, may keep the frequent clients and not take
            // in a new one, which would then go unlimited.
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { windows, clock }
    }

    /// How many clients are remembered, after the evictions that are due.
    pub fn clients(&self) -> u64 {
        self.windows.run_pending_tasks();
        self.windows.entry_count()
    }
}

#[async_trait]
impl RateLimiter for MokaLimiter {
    async fn admit(&self, scope: RateScope, client: RateClient, limit: RateLimit) -> Admission {
        // Of concurrent first requests, one makes the window and all share it.
        let window = self.windows.get_with((scope, client), Arc::default);
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        window.admit(self.clock.monotonic(), limit)
    }
}

impl fmt::Debug for MokaLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MokaLimiter")
            .field("clients", &self.windows.entry_count())
            .finish_non_exhaustive()
    }
}

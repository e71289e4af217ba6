use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;

use crate::{
    adapters::limiter::SlidingWindow,
    domain::RateLimit,
    ports::{Admission, Clock, RateClient, RateLimiter, RateScope},
};

/// Remembers every client there ever was, so its memory is not bounded.
pub struct MemoryLimiter {
    windows: Mutex<HashMap<(RateScope, RateClient), SlidingWindow>>,
    clock: Arc<dyn Clock>,
}

impl MemoryLimiter {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            windows: Mutex::default(),
            clock,
        }
    }
}

#[async_trait]
impl RateLimiter for MemoryLimiter {
    async fn admit(&self, scope: RateScope, client: RateClient, limit: RateLimit) -> Admission {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry((scope, client)).or_default();
        window.admit(self.clock.monotonic(), limit)
    }
}

impl fmt::Debug for MemoryLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLimiter").finish_non_exhaustive()
    }
}

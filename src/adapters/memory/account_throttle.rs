use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    domain::{AttemptResult, AttemptSubject, LoginAttempts},
    ports::{AccountThrottle, Attempt, Clock, CountedAt},
};

/// Remembers every subject for ever.
pub struct MemoryThrottle {
    clock: Arc<dyn Clock>,
    attempts: Mutex<HashMap<AttemptSubject, LoginAttempts>>,
}

impl MemoryThrottle {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            attempts: Mutex::default(),
        }
    }

    fn attempts(&self) -> MutexGuard<'_, HashMap<AttemptSubject, LoginAttempts>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AccountThrottle for MemoryThrottle {
    async fn begin(&self, subject: AttemptSubject) -> Attempt {
        let now = self.clock.monotonic();
        match self.attempts().entry(subject).or_default().begin(now) {
            Ok(()) => Attempt::Admitted(CountedAt::Usual),
            Err(retry_after) => Attempt::Throttled { retry_after },
        }
    }

    async fn end(&self, subject: AttemptSubject, _: CountedAt, result: AttemptResult) {
        let now = self.clock.monotonic();
        self.attempts().entry(subject).or_default().end(now, result);
    }
}

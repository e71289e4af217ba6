use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use signet::{
    adapters::strength::ZxcvbnMeter,
    domain::{Password, PasswordStrength, PersonalWords},
    ports::{MeterError, StrengthMeter},
};

/// Rates as the server does, counts how often, and is busy when it is told to be.
pub struct SpyMeter {
    inner: ZxcvbnMeter,
    rated: AtomicUsize,
    busy: AtomicBool,
}

impl SpyMeter {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: ZxcvbnMeter::new(64),
            rated: AtomicUsize::new(0),
            busy: AtomicBool::new(false),
        })
    }

    /// Answers `Busy` from now on.
    pub fn be_busy(&self) {
        self.busy.store(true, Ordering::Relaxed);
    }

    /// How many passwords were rated since the last call.
    pub fn take_rated(&self) -> usize {
        self.rated.swap(0, Ordering::Relaxed)
    }
}

#[async_trait]
impl StrengthMeter for SpyMeter {
    async fn rate(
        &self,
        password: &Password,
        known: &PersonalWords,
    ) -> Result<PasswordStrength, MeterError> {
        self.rated.fetch_add(1, Ordering::Relaxed);
        if self.busy.load(Ordering::Relaxed) {
            return Err(MeterError::Busy {
                retry_after: Duration::from_secs(1),
            });
        }
        self.inner.rate(password, known).await
    }
}

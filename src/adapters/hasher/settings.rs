use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// Threads, each of which computes one hash at a time in memory of its own;
    /// at least 1. More than there are cores only take memory.
    pub workers: usize,
    /// How many jobs may wait, for each worker; at least 1.
    pub queue_per_worker: usize,
    /// The longest time that a job may wait until it starts.
    pub max_wait: Duration,
    /// How long a thread without work waits for some before it wipes its memory.
    pub wipe_after: Duration,
}

impl PoolSettings {
    /// How many jobs may wait altogether.
    pub(super) fn queue_bound(&self) -> usize {
        self.workers.saturating_mul(self.queue_per_worker)
    }
}

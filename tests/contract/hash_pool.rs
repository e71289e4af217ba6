//! What the Argon2 pool adds to the port's contract: bounds, order, and what
//! becomes of jobs. Jobs stop at gates that the test opens, and the clock stands
//! still unless the test moves it, so that nothing here depends on speed.

mod answers;
mod bounds;
mod jobs;
#[cfg(target_os = "linux")]
mod priority;
#[cfg(target_os = "linux")]
mod stack;

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use signet::{
    adapters::hasher::{HashPool, PoolSettings, Reply},
    crypto::argon2id::Argon2Backend,
    domain::Argon2Params,
    ports::HashError,
};

use crate::support::clock::ManualClock;

const MAX_WAIT: Duration = Duration::from_secs(2);

struct Fixture {
    pool: HashPool,
    clock: Arc<ManualClock>,
}

impl Fixture {
    fn new(workers: usize, queue_per_worker: usize) -> Self {
        Self::verifying_with(Argon2Backend::Portable, workers, queue_per_worker)
    }

    fn verifying_with(backend: Argon2Backend, workers: usize, queue_per_worker: usize) -> Self {
        let clock = Arc::new(ManualClock::new());
        let settings = PoolSettings {
            workers,
            queue_per_worker,
            max_wait: MAX_WAIT,
            wipe_after: Duration::ZERO,
        };
        let params = Argon2Params::new(8, 1, 1).unwrap();
        let pool = HashPool::new(settings, params, backend, clock.clone()).unwrap();
        Self { pool, clock }
    }

    /// Occupies a worker until the gate opens.
    fn occupy(&self) -> Gate {
        let (gate, started) = self.occupy_in_turn();
        started.recv().unwrap();
        gate
    }

    /// The same once those before it are done, which is told.
    fn occupy_in_turn(&self) -> (Gate, mpsc::Receiver<()>) {
        let (open, opened) = mpsc::channel();
        let (start, started) = mpsc::channel();
        let reply = self.pool.submit(move |_| {
            start.send(()).unwrap();
            // An error is a test that failed meanwhile.
            let _: Result<(), _> = opened.recv();
        });
        let reply = reply.unwrap();
        (Gate { open, reply }, started)
    }

    /// Has one job done that takes `time`.
    async fn do_job_of(&self, time: Duration) {
        let gate = self.occupy();
        self.clock.advance(time);
        gate.pass().await;
    }

    fn submit(&self) -> Result<Reply<()>, HashError> {
        self.pool.submit(|_| ())
    }
}

struct Gate {
    open: mpsc::Sender<()>,
    reply: Reply<()>,
}

impl Gate {
    async fn pass(self) {
        self.open.send(()).unwrap();
        self.reply.wait().await.unwrap();
    }
}

fn busy_for<T>(answer: Result<T, HashError>) -> Duration {
    match answer {
        Err(HashError::Busy { retry_after }) => retry_after,
        Err(error) => panic!("expected Busy, got {error}"),
        Ok(_) => panic!("expected Busy, got an answer"),
    }
}

use std::{
    fmt, io,
    sync::{Arc, Condvar, Mutex, OnceLock},
    thread::{self, JoinHandle},
};

use thiserror::Error;

use super::{
    HashWatch, PoolSettings,
    job::{self, Reply},
    queue::{Full, Queue, Waiting},
    worker::{Shared, State},
};
use crate::{
    crypto::argon2id::{Argon2Backend, HashMemory},
    domain::Argon2Params,
    ports::{Clock, HashError},
};

#[derive(Debug, Error)]
pub enum PoolError {
    #[error("needs at least one worker and room for one waiting job per worker")]
    Settings,
    #[error("cannot start a thread")]
    Thread(#[from] io::Error),
}

/// Threads that do jobs in the order in which they came, and refuse at once
/// what would wait too long.
///
/// While at least four jobs for each thread wait, a thread keeps up to seven answers, one
/// for each four, to give them with the next one: so one comes seven further jobs late at most.
pub struct HashPool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

impl HashPool {
    /// `params` say how much memory a thread keeps when it has nothing to do,
    /// `backend` what its memory verifies with.
    ///
    /// # Errors
    /// When the settings allow no work, or a thread does not start.
    pub fn new(
        settings: PoolSettings,
        params: Argon2Params,
        backend: Argon2Backend,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PoolError> {
        if settings.queue_bound() == 0 {
            return Err(PoolError::Settings);
        }
        let state = State {
            queue: Queue::new(settings),
            sleeping: 0,
            ended: false,
        };
        let shared = Arc::new(Shared {
            settings,
            params,
            backend,
            clock,
            watch: OnceLock::new(),
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        // Should a thread not start, dropping the pool ends those that did.
        let mut pool = Self {
            shared,
            workers: Vec::with_capacity(settings.workers),
        };
        for number in 0..settings.workers {
            let shared = Arc::clone(&pool.shared);
            let worker = thread::Builder::new()
                .name(format!("argon2-{number}"))
                .spawn(move || shared.work())?;
            pool.workers.push(worker);
        }
        Ok(pool)
    }

    /// Queues `work`.
    ///
    /// # Errors
    /// [`HashError::Busy`] when the queue is full, and when the wait is likely
    /// to exceed the longest one allowed.
    pub fn submit<T, F>(&self, work: F) -> Result<Reply<T>, HashError>
    where
        T: Send + 'static,
        F: FnOnce(&mut HashMemory) -> T + Send + 'static,
    {
        let mut state = self.shared.lock();
        if let Err(Full { wait }) = state.queue.make_room() {
            drop(state);
            return Err(self.shared.refusal(wait));
        }
        let (job, reply) = job::new(work);
        state.queue.push(job, self.shared.clock.monotonic());
        drop(state);
        self.shared.changed.notify_one();
        Ok(reply)
    }

    /// Tells `watch` what becomes of the jobs; the first one that is given.
    pub fn watch(&self, watch: Arc<dyn HashWatch>) {
        let _ = self.shared.watch.set(watch);
    }

    /// Jobs that wait; those that run are not among them.
    pub fn queue_len(&self) -> usize {
        self.shared.lock().queue.len()
    }

    /// Threads that have wiped their memory and sleep until work comes.
    pub fn sleeping_workers(&self) -> usize {
        self.shared.lock().sleeping
    }
}

impl Drop for HashPool {
    /// Answers what waits with an error, and waits for what runs.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.ended = true;
        let waiting = state.queue.take_all();
        drop(state);
        self.shared.changed.notify_all();
        for Waiting { job, .. } in waiting {
            job.refuse(HashError::Failed("the pool ends".to_owned()));
        }
        for worker in self.workers.drain(..) {
            // A job that owned the pool may be what drops it; a thread cannot
            // wait for itself.
            if worker.thread().id() != thread::current().id() {
                // An error is a panic, which the thread has reported already.
                let _ = worker.join();
            }
        }
    }
}

impl fmt::Debug for HashPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HashPool")
            .field("settings", &self.shared.settings)
            .field("queue_len", &self.queue_len())
            .finish_non_exhaustive()
    }
}

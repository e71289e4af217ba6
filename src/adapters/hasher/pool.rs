use std::{
    fmt, io,
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use thiserror::Error;

use super::{
    HashWatch, PoolSettings,
    job::{self, Reply},
    priority::yield_to_others,
    queue::{Full, Queue, Waiting},
};
use crate::{
    crypto::argon2id::{Argon2Backend, HashMemory},
    domain::Argon2Params,
    ports::{Clock, HashError},
};

/// The least that a refusal asks to wait: the unit of HTTP's Retry-After
/// (RFC 9110 §10.2.3).
const MIN_RETRY_AFTER: Duration = Duration::from_secs(1);

#[derive(Debug, Error)]
pub enum PoolError {
    #[error("needs at least one worker and room for one waiting job per worker")]
    Settings,
    #[error("cannot start a thread")]
    Thread(#[from] io::Error),
}

/// Threads that do jobs in the order in which they came, and refuse at once
/// what would wait too long.
pub struct HashPool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

struct Shared {
    settings: PoolSettings,
    params: Argon2Params,
    backend: Argon2Backend,
    clock: Arc<dyn Clock>,
    watch: OnceLock<Arc<dyn HashWatch>>,
    state: Mutex<State>,
    /// Signalled when a job has come and when the pool ends.
    changed: Condvar,
}

struct State {
    queue: Queue,
    sleeping: usize,
    ended: bool,
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

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // No step under the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        yield_to_others();
        let mut memory = HashMemory::new(self.backend);
        while let Some(waiting) = self.next_job(&mut memory) {
            self.handle(waiting, &mut memory);
        }
    }

    /// Waits for a job; `None` when the pool ends.
    fn next_job(&self, memory: &mut HashMemory) -> Option<Waiting> {
        // Wiping takes time that waiting jobs would pay for, and the next hash
        // overwrites the memory anyway: so wipe only before sleep, and not
        // under the lock.
        let mut wiped = false;
        let mut state = self.lock();
        loop {
            if state.ended {
                return None;
            }
            if let Some(waiting) = state.queue.pop() {
                return Some(waiting);
            }
            if wiped {
                state.sleeping += 1;
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                state.sleeping -= 1;
                continue;
            }
            let waited = self.changed.wait_timeout(state, self.settings.wipe_after);
            let timeout;
            (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            if timeout.timed_out() && state.queue.len() == 0 && !state.ended {
                drop(state);
                memory.wipe(self.params);
                wiped = true;
                state = self.lock();
            }
        }
    }

    fn handle(&self, Waiting { job, since }: Waiting, memory: &mut HashMemory) {
        let started = self.clock.monotonic();
        if job.is_abandoned() {
            return;
        }
        let waited = started.since(since);
        if waited > self.settings.max_wait {
            let wait = self.lock().queue.estimated_wait();
            return job.refuse(self.refusal(wait));
        }
        job.run(memory, &|| {
            let took = self.clock.monotonic().since(started);
            self.lock().queue.record(took);
            if let Some(watch) = self.watch.get() {
                watch.done(waited, took);
            }
        });
        // A stored hash may have needed more. Under steady load a thread does not
        // sleep, and would keep it; a login makes such a hash anew, so few do.
        memory.give_back_excess(self.params);
    }

    fn refusal(&self, wait: Duration) -> HashError {
        if let Some(watch) = self.watch.get() {
            watch.refused();
        }
        HashError::Busy {
            retry_after: wait.max(MIN_RETRY_AFTER),
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

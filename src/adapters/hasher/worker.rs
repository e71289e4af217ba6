//! What the threads of a pool share, and what each of them does.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use super::{
    HashWatch, PoolSettings,
    job::Answer,
    priority::yield_to_others,
    queue::{Queue, Waiting},
    stack,
};
use crate::{
    crypto::argon2id::{Argon2Backend, HashMemory},
    domain::{Argon2Params, MonotonicTime},
    ports::{Clock, HashError},
};

/// The least that a refusal asks to wait: the unit of HTTP's Retry-After
/// (RFC 9110 §10.2.3).
const MIN_RETRY_AFTER: Duration = Duration::from_secs(1);

pub(super) struct Shared {
    pub(super) settings: PoolSettings,
    pub(super) params: Argon2Params,
    pub(super) backend: Argon2Backend,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) watch: OnceLock<Arc<dyn HashWatch>>,
    pub(super) state: Mutex<State>,
    /// Signalled when a job has come and when the pool ends.
    pub(super) changed: Condvar,
}

pub(super) struct State {
    pub(super) queue: Queue,
    pub(super) sleeping: usize,
    pub(super) ended: bool,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // No step under the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn work(&self) {
        yield_to_others();
        let mut memory = HashMemory::new(self.backend);
        let mut answers = Vec::new();
        let mut wipe_at = None;
        while let Some(waiting) = self.next_job(&mut memory, &mut answers, wipe_at) {
            answers.extend(self.handle(waiting, &mut memory));
            if answers.len() > self.lock().queue.answers_kept() {
                give(&mut answers);
            }
            // A stored hash may have needed more. Under steady load a thread does not
            // sleep, and would keep it; a login makes such a hash anew, so few do.
            memory.give_back_excess(self.params);
            wipe_at = Some(self.clock.monotonic().plus(self.settings.wipe_after));
        }
        give(&mut answers);
    }

    /// Waits for a job, and keeps no answer meanwhile; `None` when the pool ends. Where there
    /// is something to wipe, it does so then.
    fn next_job(
        &self,
        memory: &mut HashMemory,
        answers: &mut Vec<Answer>,
        mut wipe_at: Option<MonotonicTime>,
    ) -> Option<Waiting> {
        // Wiping takes time that waiting jobs would pay for, and the next hash
        // overwrites the memory anyway: so wipe only before sleep, and not
        // under the lock.
        let mut state = self.lock();
        loop {
            if state.ended {
                return None;
            }
            if let Some(waiting) = state.queue.pop() {
                return Some(waiting);
            }
            if !answers.is_empty() {
                drop(state);
                give(answers);
                state = self.lock();
                continue;
            }
            let Some(at) = wipe_at else {
                state.sleeping += 1;
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                state.sleeping -= 1;
                continue;
            };
            // Being woken for a job that another worker takes puts nothing off.
            let left = at.since(self.clock.monotonic());
            let waited = self.changed.wait_timeout(state, left);
            let timeout;
            (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            if timeout.timed_out() && state.queue.len() == 0 && !state.ended {
                drop(state);
                memory.wipe(self.params);
                stack::overwrite();
                wipe_at = None;
                state = self.lock();
            }
        }
    }

    fn handle(&self, Waiting { job, since }: Waiting, memory: &mut HashMemory) -> Option<Answer> {
        let started = self.clock.monotonic();
        if job.is_abandoned() {
            return None;
        }
        let waited = started.since(since);
        if waited > self.settings.max_wait {
            let wait = self.lock().queue.estimated_wait();
            job.refuse(self.refusal(wait));
            return None;
        }
        let answer = job.run(memory);
        // Whoever has the answer finds the job accounted for.
        let took = self.clock.monotonic().since(started);
        self.lock().queue.record(took);
        if let Some(watch) = self.watch.get() {
            watch.done(waited, took);
        }
        Some(answer)
    }

    pub(super) fn refusal(&self, wait: Duration) -> HashError {
        if let Some(watch) = self.watch.get() {
            watch.refused();
        }
        HashError::Busy {
            retry_after: wait.max(MIN_RETRY_AFTER),
        }
    }
}

fn give(answers: &mut Vec<Answer>) {
    for answer in answers.drain(..) {
        answer();
    }
}

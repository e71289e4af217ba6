use std::{collections::VecDeque, mem, time::Duration};

use super::{PoolSettings, job::Job};
use crate::domain::MonotonicTime;

/// The share of one job in the moving average of the time that jobs take: one
/// in this many.
const AVERAGE_OVER: u32 = 8;

/// A hash drives all that an answer is made with out of the processor's caches. Answers that
/// are given together bring it back once, and are one commit, too.
const MOST_ANSWERS: usize = 7;
/// As many rounds of jobs wait for each answer that is kept: it comes late by a quarter of
/// what the line takes, and at once where the line is short.
const ROUNDS_PER_ANSWER: usize = 4;

/// What waits, first come first served, and how long that will take.
pub(super) struct Queue {
    settings: PoolSettings,
    waiting: VecDeque<Waiting>,
    /// `None` until the first job is done.
    average_job: Option<Duration>,
    /// Those that nobody waits for were looked for since the last one was taken: a flood
    /// of refusals must not look through the line each time.
    searched: bool,
}

pub(super) struct Waiting {
    pub(super) job: Box<dyn Job>,
    pub(super) since: MonotonicTime,
}

/// There is no room for another job.
pub(super) struct Full {
    pub(super) wait: Duration,
}

impl Queue {
    pub(super) fn new(settings: PoolSettings) -> Self {
        Self {
            settings,
            waiting: VecDeque::new(),
            average_job: None,
            searched: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// How long a job that came now would wait. Jobs ahead of it are taken by
    /// all workers at once, in rounds of the average time.
    pub(super) fn estimated_wait(&self) -> Duration {
        let rounds = self.waiting.len().div_ceil(self.settings.workers);
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        self.average_job.unwrap_or_default().saturating_mul(rounds)
    }

    /// Whether another job may come, once those that nobody waits for any more
    /// are out of its way. They are looked for once for each job that is taken.
    pub(super) fn make_room(&mut self) -> Result<(), Full> {
        if self.has_room() {
            return Ok(());
        }
        if !mem::replace(&mut self.searched, true) {
            self.waiting.retain(|waiting| !waiting.job.is_abandoned());
        }
        if self.has_room() {
            return Ok(());
        }
        Err(Full {
            wait: self.estimated_wait(),
        })
    }

    fn has_room(&self) -> bool {
        self.waiting.len() < self.settings.queue_bound()
            && self.estimated_wait() <= self.settings.max_wait
    }

    pub(super) fn push(&mut self, job: Box<dyn Job>, since: MonotonicTime) {
        self.waiting.push_back(Waiting { job, since });
    }

    pub(super) fn pop(&mut self) -> Option<Waiting> {
        self.searched = false;
        self.waiting.pop_front()
    }

    /// How many answers a worker may keep for the moment, to give them together.
    pub(super) fn answers_kept(&self) -> usize {
        let rounds = self.waiting.len() / self.settings.workers;
        (rounds / ROUNDS_PER_ANSWER).min(MOST_ANSWERS)
    }

    pub(super) fn take_all(&mut self) -> VecDeque<Waiting> {
        mem::take(&mut self.waiting)
    }

    /// Takes the time of a job that was done into the average.
    pub(super) fn record(&mut self, took: Duration) {
        self.average_job = Some(self.average_job.map_or(took, |average| {
            average
                .saturating_mul(AVERAGE_OVER - 1)
                .saturating_add(took)
                / AVERAGE_OVER
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::{super::job, *};

    fn kept(workers: usize, waiting: usize) -> usize {
        let mut queue = Queue::new(PoolSettings {
            workers,
            queue_per_worker: waiting,
            max_wait: Duration::ZERO,
            wipe_after: Duration::ZERO,
        });
        for _ in 0..waiting {
            let (job, _) = job::new(|_| ());
            queue.push(job, MonotonicTime::default());
        }
        queue.answers_kept()
    }

    #[test]
    fn one_answer_is_kept_for_each_four_jobs_that_wait_and_seven_at_most() {
        let counts = [0, 3, 4, 7, 8, 27, 28, 31, 32, 1000].map(|waiting| kept(1, waiting));
        assert_eq!(counts, [0, 0, 1, 1, 2, 6, 7, 7, 7, 7]);
    }

    #[test]
    fn jobs_that_nobody_waits_for_are_looked_for_once_for_each_that_is_taken() {
        let mut queue = Queue::new(PoolSettings {
            workers: 1,
            queue_per_worker: 2,
            max_wait: Duration::ZERO,
            wipe_after: Duration::ZERO,
        });
        let push = |queue: &mut Queue| {
            let (job, waits) = job::new(|_| ());
            queue.push(job, MonotonicTime::default());
            waits
        };
        let _first = push(&mut queue);
        let second = push(&mut queue);
        assert!(queue.make_room().is_err());
        drop(second);
        assert!(queue.make_room().is_err());
        drop(queue.pop());
        let _third = push(&mut queue);
        assert!(queue.make_room().is_ok());
    }

    #[test]
    fn several_workers_share_what_waits() {
        let counts = [11, 12, 83, 84, 1000].map(|waiting| kept(3, waiting));
        assert_eq!(counts, [0, 1, 6, 7, 7]);
    }
}

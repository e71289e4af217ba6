use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use crate::{
    domain::{AttemptResult, AttemptSubject, LoginAttempts, MonotonicTime},
    ports::{AccountThrottle, Attempt, Clock},
};

/// How often at most all subjects are looked through for those that can be
/// forgotten.
const SWEPT_EVERY: Duration = Duration::from_mins(1);

/// Counts within this process.
pub struct LocalThrottle {
    clock: Arc<dyn Clock>,
    max_subjects: usize,
    subjects: Mutex<Subjects>,
}

#[derive(Default)]
struct Subjects {
    attempts: HashMap<AttemptSubject, (LoginAttempts, Rank)>,
    /// Who is forgotten first comes first.
    by_rank: BTreeMap<Rank, AttemptSubject>,
    ranked: u64,
    swept: MonotonicTime,
}

/// By weight, then by the last failure; the number makes it unique.
type Rank = (u32, MonotonicTime, u64);

impl LocalThrottle {
    /// Remembers at most so many subjects.
    pub fn new(max_subjects: usize, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            max_subjects: max_subjects.max(1),
            subjects: Mutex::default(),
        }
    }

    /// How many subjects are remembered.
    pub fn subjects(&self) -> usize {
        self.lock().attempts.len()
    }

    fn lock(&self) -> MutexGuard<'_, Subjects> {
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AccountThrottle for LocalThrottle {
    async fn begin(&self, subject: AttemptSubject) -> Attempt {
        let now = self.clock.monotonic();
        let mut subjects = self.lock();
        let mut attempts = subjects.take(&subject);
        let begun = attempts.begin(now);
        subjects.put(subject, attempts, now);
        subjects.make_room(self.max_subjects, now);
        match begun {
            Ok(()) => Attempt::Admitted,
            Err(retry_after) => Attempt::Throttled { retry_after },
        }
    }

    async fn end(&self, subject: AttemptSubject, result: AttemptResult) {
        let now = self.clock.monotonic();
        let mut subjects = self.lock();
        let mut attempts = subjects.take(&subject);
        attempts.end(now, result);
        subjects.put(subject, attempts, now);
        subjects.make_room(self.max_subjects, now);
    }
}

impl Subjects {
    fn take(&mut self, subject: &AttemptSubject) -> LoginAttempts {
        let Some((attempts, rank)) = self.attempts.remove(subject) else {
            return LoginAttempts::default();
        };
        self.by_rank.remove(&rank);
        attempts
    }

    fn put(&mut self, subject: AttemptSubject, mut attempts: LoginAttempts, now: MonotonicTime) {
        if attempts.forget(now) {
            return;
        }
        self.ranked += 1;
        let rank = (attempts.weight(), attempts.last_failure(), self.ranked);
        self.by_rank.insert(rank, subject);
        self.attempts.insert(subject, (attempts, rank));
    }

    /// Forgets what counts no more before it forgets what does.
    fn make_room(&mut self, max: usize, now: MonotonicTime) {
        if self.attempts.len() > max && now.since(self.swept) >= SWEPT_EVERY {
            self.swept = now;
            let by_rank = &mut self.by_rank;
            self.attempts.retain(|_, (attempts, rank)| {
                let nothing_left = attempts.forget(now);
                if nothing_left {
                    by_rank.remove(rank);
                }
                !nothing_left
            });
        }
        while self.attempts.len() > max
            && let Some((_, subject)) = self.by_rank.pop_first()
        {
            self.attempts.remove(&subject);
        }
    }
}

impl fmt::Debug for LocalThrottle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LocalThrottle({} subjects)", self.subjects())
    }
}

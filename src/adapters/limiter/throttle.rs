use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    domain::{AttemptResult, AttemptSubject, LoginAttempts, MonotonicTime},
    ports::{AccountThrottle, Attempt, Clock, CountedAt},
};

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
    in_flight: usize,
    ranked: u64,
}

/// Those with an attempt in flight last, the others by their last failure; the
/// number makes it unique.
type Rank = (bool, MonotonicTime, u64);

impl LocalThrottle {
    /// Remembers at most so many subjects, and those beyond whose attempts are
    /// in flight: what makes room is a failure, which costs a hash.
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
        subjects.land(now);
        let mut attempts = subjects.take(&subject);
        let begun = attempts.begin(now);
        subjects.put(subject, attempts, now);
        match begun {
            Ok(()) => Attempt::Admitted(CountedAt::Usual),
            Err(retry_after) => Attempt::Throttled { retry_after },
        }
    }

    async fn end(&self, subject: AttemptSubject, _: CountedAt, result: AttemptResult) {
        let now = self.clock.monotonic();
        let mut subjects = self.lock();
        subjects.land(now);
        let mut attempts = subjects.take(&subject);
        attempts.end(now, result);
        subjects.put(subject, attempts, now);
        subjects.make_room(self.max_subjects);
    }
}

impl Subjects {
    fn take(&mut self, subject: &AttemptSubject) -> LoginAttempts {
        let Some((attempts, rank)) = self.attempts.remove(subject) else {
            return LoginAttempts::default();
        };
        self.by_rank.remove(&rank);
        self.in_flight -= usize::from(rank.0);
        attempts
    }

    fn put(&mut self, subject: AttemptSubject, mut attempts: LoginAttempts, now: MonotonicTime) {
        if attempts.forget(now) {
            return;
        }
        self.ranked += 1;
        let rank = (attempts.in_flight(), attempts.last_event(), self.ranked);
        self.in_flight += usize::from(rank.0);
        self.by_rank.insert(rank, subject);
        self.attempts.insert(subject, (attempts, rank));
    }

    /// Whose attempts nobody ended is in flight no more after a while.
    fn land(&mut self, now: MonotonicTime) {
        let in_flight = (true, MonotonicTime::default(), 0);
        while let Some((rank, &subject)) = self.by_rank.range(in_flight..).next()
            && now.since(rank.1) >= LoginAttempts::LONGEST_FLIGHT
        {
            let attempts = self.take(&subject);
            self.put(subject, attempts, now);
        }
    }

    fn make_room(&mut self, max: usize) {
        while self.attempts.len() - self.in_flight > max
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

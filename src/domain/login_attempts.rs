use std::{collections::VecDeque, time::Duration};

use super::{ClientNetwork, MonotonicTime};

/// Whose attempts are counted together: those at one submitted name, whether an
/// account has it or not, and those from each network that the account is known
/// to log in from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttemptSubject {
    /// A digest: people type passwords into the wrong field.
    pub name: [u8; 32],
    /// `None`: all networks from which the account did not log in lately.
    pub network: Option<ClientNetwork>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptResult {
    Succeeded,
    Failed,
    /// Nobody learned whether the password was right.
    Abandoned,
}

/// The consecutive failures of one subject, and what may follow them.
///
/// Attempts in flight count as failures until they end, so that guesses made
/// at once gain nothing over guesses made one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginAttempts {
    failures: u32,
    last_failure: MonotonicTime,
    /// When those in flight began, the oldest first.
    in_flight: VecDeque<MonotonicTime>,
}

impl LoginAttempts {
    /// So many failures cost nothing: people mistype.
    pub const FREE_FAILURES: u32 = 5;
    pub const LONGEST_DELAY: Duration = Duration::from_mins(15);
    /// A counter is forgotten so long after its last failure. Whoever waits for
    /// it has 6 guesses a day; whoever does not has 96 at the longest delay.
    pub const FORGOTTEN_AFTER: Duration = Duration::from_hours(24);
    /// An attempt that nobody ended counts no longer than this.
    pub const LONGEST_FLIGHT: Duration = Duration::from_mins(1);

    /// How long the name rests after so many consecutive failures: 1 s after
    /// the sixth, then doubling.
    pub fn delay(failures: u32) -> Duration {
        let Some(beyond) = failures.checked_sub(Self::FREE_FAILURES + 1) else {
            return Duration::ZERO;
        };
        let seconds = 1_u64.checked_shl(beyond).filter(|seconds| *seconds > 0);
        seconds.map_or(Self::LONGEST_DELAY, |seconds| {
            Self::LONGEST_DELAY.min(Duration::from_secs(seconds))
        })
    }

    /// Begins an attempt.
    ///
    /// # Errors
    /// How long to wait, when it is too early for one.
    pub fn begin(&mut self, now: MonotonicTime) -> Result<(), Duration> {
        self.forget(now);
        let rest = Self::delay(self.failures).saturating_sub(now.since(self.last_failure));
        if !rest.is_zero() {
            return Err(rest);
        }
        let delay = Self::delay(self.weight());
        if !self.in_flight.is_empty() && !delay.is_zero() {
            return Err(delay);
        }
        self.in_flight.push_back(now);
        Ok(())
    }

    pub fn end(&mut self, now: MonotonicTime, result: AttemptResult) {
        self.forget(now);
        self.in_flight.pop_front();
        match result {
            AttemptResult::Succeeded => self.failures = 0,
            AttemptResult::Failed => {
                self.failures = self.failures.saturating_add(1);
                self.last_failure = now;
            }
            AttemptResult::Abandoned => {}
        }
    }

    /// Failures, and what may become one.
    fn weight(&self) -> u32 {
        let in_flight = u32::try_from(self.in_flight.len()).unwrap_or(u32::MAX);
        self.failures.saturating_add(in_flight)
    }

    /// Whether an attempt is under way, as of the last call that took the time.
    pub fn in_flight(&self) -> bool {
        !self.in_flight.is_empty()
    }

    /// When an attempt began or failed last, of those that count.
    pub fn last_event(&self) -> MonotonicTime {
        let begun = self.in_flight.back().copied().unwrap_or_default();
        begun.max(self.last_failure)
    }

    /// Forgets what counts no more; true when nothing is left.
    pub fn forget(&mut self, now: MonotonicTime) -> bool {
        if now.since(self.last_failure) >= Self::FORGOTTEN_AFTER {
            self.failures = 0;
        }
        let landed = |began: &MonotonicTime| now.since(*began) >= Self::LONGEST_FLIGHT;
        while self.in_flight.front().is_some_and(landed) {
            self.in_flight.pop_front();
        }
        self.weight() == 0
    }
}

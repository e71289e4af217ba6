use std::time::Duration;

use super::{Generation, Timestamp};

/// Which of a session's refresh tokens were consumed of late, oldest first.
///
/// It remembers what the reuse window can ask for, and the latest one before
/// it, which stands for all that are older. When refreshes follow each other
/// within a 64th of the window, only the later of two is kept: the former then
/// counts as consumed with it, that much too late.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefreshHistory(Vec<Consumed>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consumed {
    pub generation: Generation,
    pub at: Timestamp,
}

const STEPS_PER_WINDOW: u32 = 64;

impl RefreshHistory {
    /// Of entries with rising generations and times.
    pub fn new(consumed: Vec<Consumed>) -> Self {
        Self(consumed)
    }

    pub fn entries(&self) -> &[Consumed] {
        &self.0
    }

    /// Notes that the token of this generation was consumed.
    pub fn consume(&mut self, generation: Generation, at: Timestamp, window: Duration) {
        let outside = self.0.partition_point(|entry| entry.at < at - window);
        self.0.drain(..outside.saturating_sub(1));
        let step = window / STEPS_PER_WINDOW;
        if let [.., before, last] = &mut self.0[..]
            && at - step <= before.at
        {
            *last = Consumed { generation, at };
        } else {
            self.0.push(Consumed { generation, at });
        }
    }

    /// Whether a token of this generation was consumed at `since` or later.
    pub fn was_consumed_since(&self, generation: Generation, since: Timestamp) -> bool {
        self.0
            .iter()
            .find(|entry| entry.generation >= generation)
            .is_some_and(|entry| entry.at >= since)
    }
}

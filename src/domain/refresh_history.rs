use std::time::Duration;

use super::{Generation, Timestamp};

/// Which of a session's refresh tokens were consumed of late, oldest first.
///
/// It remembers what the reuse window can ask for, and the latest one before it,
/// for servers whose clocks are behind. Those that are older count as consumed
/// long ago. When refreshes follow each other
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

    /// Notes that the token of this generation was consumed. None was consumed
    /// after it: entries that say so are of a clock that was ahead.
    pub fn consume(&mut self, generation: Generation, at: Timestamp, window: Duration) {
        let outside = self.0.partition_point(|entry| entry.at < at - window);
        let known = self.0.split_off(outside.saturating_sub(1));
        self.0.clear();
        let step = window / STEPS_PER_WINDOW;
        for entry in known.into_iter().chain([Consumed { generation, at }]) {
            self.note(
                Consumed {
                    at: entry.at.min(at),
                    ..entry
                },
                step,
            );
        }
    }

    fn note(&mut self, consumed: Consumed, step: Duration) {
        if let [.., before, last] = &mut self.0[..]
            && consumed.at - step <= before.at
        {
            *last = consumed;
        } else {
            self.0.push(consumed);
        }
    }

    /// Whether a token of this generation was consumed at `since` or later.
    pub fn was_consumed_since(&self, generation: Generation, since: Timestamp) -> bool {
        let remembered = (self.0.first()).is_some_and(|first| first.generation <= generation);
        remembered
            && (self.0.iter())
                .find(|entry| entry.generation >= generation)
                .is_some_and(|entry| entry.at >= since)
    }
}

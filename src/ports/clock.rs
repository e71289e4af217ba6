use crate::domain::{MonotonicTime, Timestamp};

pub trait Clock: Send + Sync {
    /// The wall clock, truncated to microseconds. It may jump either way.
    fn now(&self) -> Timestamp;

    /// MUST never run backwards, whatever happens to the wall clock.
    fn monotonic(&self) -> MonotonicTime;
}

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A write that has not begun by then is not done at all. One that has begun may wait as
/// long again for a lock that another process holds.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Goes to whoever takes it first: the write that begins, or the caller who
/// does not wait any longer.
#[derive(Clone, Default)]
pub(super) struct Claim(Arc<AtomicBool>);

impl Claim {
    pub(super) fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A write that waited longer is not done at all.
pub(in crate::adapters::database) const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Goes to whoever takes it first: the write that begins, or the caller who
/// does not wait any longer.
#[derive(Clone, Default)]
pub(in crate::adapters::database) struct Claim(Arc<AtomicBool>);

impl Claim {
    pub(in crate::adapters::database) fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

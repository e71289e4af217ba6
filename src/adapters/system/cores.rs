use std::{num::NonZeroUsize, thread};

/// How many threads compute at once here, as far as limits of the process allow it; 1 where
/// the system does not say.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

//! What benchmarks stand on.

pub(crate) mod auth_log;
pub(crate) mod bulk;
pub(crate) mod disk;
pub(crate) mod stopwatch;

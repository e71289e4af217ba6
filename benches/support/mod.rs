//! What benchmarks stand on.

pub(crate) mod auth_log;

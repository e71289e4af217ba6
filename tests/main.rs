//! All integration tests in one binary, so that they link once.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod contract;
mod support;

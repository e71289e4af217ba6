//! CPU time, in seconds (`proc_pid_stat(5)`).

use std::{fs, ops::Range};

use super::Outcome;

/// Of this process.
pub(crate) fn own() -> Outcome<f64> {
    fields(11..13)
}

/// Of the child processes that have ended.
pub(crate) fn children() -> Outcome<f64> {
    fields(13..15)
}

/// The sum of some fields, counted from the one after the name.
fn fields(which: Range<usize>) -> Outcome<f64> {
    /// What the kernel shows to programs on every architecture (`USER_HZ`).
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let mut ticks = 0.0;
    for field in fields.split_whitespace().take(which.end).skip(which.start) {
        ticks += field.parse::<f64>()?;
    }
    Ok(ticks / TICKS_PER_SECOND)
}

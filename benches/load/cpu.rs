//! CPU time, in seconds (`proc_pid_stat(5)`).

use std::{fs, ops::Range, path::Path};

use super::Outcome;

const OWN: &str = "/proc/self";

/// Of this process.
pub(crate) fn own() -> Outcome<f64> {
    fields(Path::new(OWN), 11..13)
}

/// Of the child processes that have ended.
pub(crate) fn children() -> Outcome<f64> {
    fields(Path::new(OWN), 13..15)
}

/// Of all processes of this name, and of those of their children that have ended.
pub(crate) fn of_all(name: &str) -> Outcome<f64> {
    let mut sum = 0.0;
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        // It may end meanwhile.
        let is_named = fs::read_to_string(folder.join("comm")).is_ok_and(|it| it.trim() == name);
        if is_named && let Ok(used) = fields(&folder, 11..15) {
            sum += used;
        }
    }
    Ok(sum)
}

/// The sum of some fields, counted from the one after the name.
fn fields(process: &Path, which: Range<usize>) -> Outcome<f64> {
    /// What the kernel shows to programs on every architecture (`USER_HZ`).
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string(process.join("stat"))?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in a process's stat")?;
    let mut ticks = 0.0;
    for field in fields.split_whitespace().take(which.end).skip(which.start) {
        ticks += field.parse::<f64>()?;
    }
    Ok(ticks / TICKS_PER_SECOND)
}

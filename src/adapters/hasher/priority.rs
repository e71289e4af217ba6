/// Of ten shares of a contended core, one goes to hashing (sched(7)): what was
/// measured with it is in docs/performance.md.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Lowers the priority of this thread, on Linux of it alone (setpriority(2)): a
/// hash may take a moment longer, but a key set or a refresh need not wait for
/// the end of one's time slice.
pub(super) fn yield_to_others() {
    // Where it is not allowed, all threads stay alike.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICENESS);
}

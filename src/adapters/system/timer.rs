use tokio::time::Instant;

/// The time that tokio's timers go by. It stands still in a runtime that a test
/// has paused.
#[allow(
    clippy::disallowed_methods,
    reason = "deadlines that timers wait for are reckoned in the timers' own time"
)]
pub fn timer_now() -> Instant {
    Instant::now()
}

//! Waiting for connections, through the times in which none can be had.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, sleep},
};

use super::system::timer_now;

/// Without file descriptors or memory the next attempt would fail like the last
/// one; connections end meanwhile.
const PAUSE: Duration = Duration::from_millis(100);

/// A flood must not become a flood of log lines.
const LOGGED_EVERY: Duration = Duration::from_mins(1);

/// The next connection. That none can be had is told now and then, by the name
/// of what is to be accepted.
pub(super) async fn accept(
    listener: &TcpListener,
    troubles: &mut Seldom,
    what: &str,
) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // Its client gave up before its turn came.
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                if let Some(times) = troubles.due() {
                    tracing::error!(%error, times, "cannot accept {what}");
                }
                sleep(PAUSE).await;
            }
        }
    }
}

/// Whether the next connection may be had all the same.
pub(super) fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// Counts what is told of now and then.
#[derive(Default)]
pub(super) struct Seldom {
    times: u64,
    told: Option<Instant>,
}

impl Seldom {
    /// Counts once more. Where it is time to tell of it: how often it was since
    /// the last time.
    pub(super) fn due(&mut self) -> Option<u64> {
        self.times += 1;
        if self.told.is_some_and(|told| told.elapsed() < LOGGED_EVERY) {
            return None;
        }
        self.told = Some(timer_now());
        Some(std::mem::take(&mut self.times))
    }
}

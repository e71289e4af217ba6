//! Waiting for connections, through the times in which none can be had.

use std::{future::poll_fn, io, net::SocketAddr, task::Poll, time::Duration};

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
/// of what is to be accepted; `can` is told at each attempt whether one can.
pub(super) async fn accept(
    listener: &TcpListener,
    troubles: &mut Seldom,
    what: &str,
    can: impl Fn(bool),
) -> (TcpStream, SocketAddr) {
    loop {
        let accepted = poll_fn(|cx| {
            let accepted = listener.poll_accept(cx);
            can(match &accepted {
                Poll::Ready(Err(error)) => is_of_one_connection(error),
                Poll::Ready(Ok(_)) | Poll::Pending => true,
            });
            accepted
        });
        match accepted.await {
            Ok(accepted) => return accepted,
            // It came to nothing before its turn came.
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
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::Interrupted
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::NetworkUnreachable
    ) || is_of_its_network(error)
}

/// Linux hands on what the new connection met with on its network, and wants it
/// treated like none (accept(2), "Error handling").
#[cfg(target_os = "linux")]
fn is_of_its_network(error: &io::Error) -> bool {
    use rustix::io::Errno;

    [
        Errno::PROTO,
        Errno::NOPROTOOPT,
        Errno::HOSTDOWN,
        Errno::NONET,
        Errno::OPNOTSUPP,
    ]
    .map(Some)
    .contains(&Errno::from_io_error(error))
}

#[cfg(not(target_os = "linux"))]
fn is_of_its_network(_: &io::Error) -> bool {
    false
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    //! No test can have the kernel meet with these.

    use rustix::io::Errno;

    use super::*;

    fn is_passed_over(error: Errno) -> bool {
        is_of_one_connection(&io::Error::from_raw_os_error(error.raw_os_error()))
    }

    #[test]
    fn what_a_connection_met_with_on_its_network_delays_no_other() {
        for error in [
            Errno::CONNABORTED,
            Errno::HOSTDOWN,
            Errno::HOSTUNREACH,
            Errno::INTR,
            Errno::NETDOWN,
            Errno::NETUNREACH,
            Errno::NONET,
            Errno::NOPROTOOPT,
            Errno::OPNOTSUPP,
            Errno::PROTO,
        ] {
            assert!(is_passed_over(error), "{error}");
        }
    }

    #[test]
    fn what_the_next_one_would_meet_with_too_is_waited_out() {
        for error in [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM] {
            assert!(!is_passed_over(error), "{error}");
        }
    }
}

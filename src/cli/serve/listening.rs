//! Where a server listens, and to how many.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;

use super::super::error::CliError;
use crate::adapters::system::allow_open_files;

/// `setting`: what the address is configured by.
pub(super) async fn listen(address: SocketAddr, setting: &str) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).await.map_err(|e| {
        let next = match e.kind() {
            io::ErrorKind::AddrInUse => "another process listens there: stop it, or set",
            io::ErrorKind::PermissionDenied => {
                "ports below 1024 want CAP_NET_BIND_SERVICE: give it, or set"
            }
            io::ErrorKind::AddrNotAvailable => "this machine has no such address: set",
            _ => "where that does not pass, set",
        };
        let message =
            format!("cannot listen on {address}: {e}; {next} {setting} to another address");
        CliError::failure(io::Error::new(e.kind(), message))
    })
}

/// Each is an open file; the database and the logs have some, too.
pub(super) fn allow_connections(most: usize) {
    const OTHERS: u64 = 100;
    let wanted = u64::try_from(most)
        .unwrap_or(u64::MAX)
        .saturating_add(OTHERS);
    if let Some(allowed) = allow_open_files(wanted).filter(|allowed| *allowed < wanted) {
        tracing::warn!(
            allowed,
            wanted,
            "fewer open files are allowed than SIGNET_MAX_CONNECTIONS needs"
        );
    }
}

//! Taking connections in, and refusing those that are too many.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, LazyLock},
};

use tokio::net::{TcpListener, TcpStream};

use super::{
    connection::{self, Shared},
    places::{Full, Places},
};
use crate::adapters::{
    accepting::{Seldom, accept, is_of_one_connection},
    security_headers::STRICTEST,
};

/// How many the kernel keeps for the listener, at most: whoever comes later comes
/// after the stop.
const BACKLOG: u32 = 1024;

/// Written before the request is read, which would cost what is spared here.
static TOO_MANY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut answer = "HTTP/1.1 503 Service Unavailable\r\n\
        retry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n"
        .to_owned();
    for (name, value) in STRICTEST {
        for part in [name, ": ", value, "\r\n"] {
            answer.push_str(part);
        }
    }
    answer.push_str("\r\n");
    answer.into_bytes()
});

pub(super) struct Acceptor {
    pub(super) shared: Arc<Shared>,
    pub(super) places: Arc<Places>,
    pub(super) refusals: Seldom,
    pub(super) troubles: Seldom,
}

impl Acceptor {
    /// Until it is dropped.
    pub(super) async fn run(&mut self, listener: &TcpListener) {
        loop {
            let drain = &self.shared.drain;
            let can = |can| drain.takes_in(can);
            let (socket, peer) = accept(listener, &mut self.troubles, "connections", can).await;
            self.admit(socket, peer);
        }
    }

    /// Takes in what the kernel has accepted already, and closes the listener.
    pub(super) fn finish(&mut self, listener: TcpListener) -> io::Result<()> {
        let listener = listener.into_std()?;
        for _ in 0..BACKLOG {
            match listener.accept() {
                Ok((socket, peer)) => {
                    let socket = socket.set_nonblocking(true).map(|()| socket);
                    // One that cannot be had is closed, and the others are served.
                    if let Ok(socket) = socket.and_then(TcpStream::from_std) {
                        self.admit(socket, peer);
                    }
                }
                Err(error) if is_of_one_connection(&error) => {}
                // None is left, or none can be had.
                Err(_) => break,
            }
        }
        Ok(())
    }

    fn admit(&mut self, socket: TcpStream, peer: SocketAddr) {
        let shared = self.shared.clone();
        let place = match self.places.take(peer.ip(), &shared.bounds) {
            Ok(place) => place,
            Err(full) => return self.refuse(&socket, peer, full),
        };
        // An answer is written whole: nothing comes after it that it should wait for.
        let _ = socket.set_nodelay(true);
        tokio::spawn(async move {
            connection::run(&shared, socket, peer).await;
            drop(place);
        });
    }

    fn refuse(&mut self, socket: &TcpStream, peer: SocketAddr, full: Full) {
        // A new socket has room for it; if not, the client sees it closed.
        if self.shared.tls.is_none() {
            let _ = socket.try_write(&TOO_MANY);
        }
        if let Some(times) = self.refusals.due() {
            tracing::warn!(client = %peer.ip(), ?full, times, "refused connections");
        }
    }
}

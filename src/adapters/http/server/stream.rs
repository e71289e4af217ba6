use std::{
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::{
    drain::{Drain, Stage},
    progress::Progress,
};

/// A socket that tells when bytes come and go.
pub(super) struct WatchedStream {
    socket: TcpStream,
    progress: Arc<Progress>,
    drain: Drain,
}

impl WatchedStream {
    pub(super) fn new(socket: TcpStream, progress: Arc<Progress>, drain: Drain) -> Self {
        Self {
            socket,
            progress,
            drain,
        }
    }

    fn watch<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match &written {
            Poll::Pending => self.progress.cannot_write(),
            Poll::Ready(_) => self.progress.has_written(),
        }
        written
    }

    /// What the runtime has not told of yet, the kernel knows.
    fn look(&self) {
        let mut byte = [MaybeUninit::uninit()];
        let seen = SockRef::from(&self.socket).peek(&mut byte);
        self.progress.has_unread(seen.is_ok_and(|bytes| bytes > 0));
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.progress.has_read();
        } else if read.is_pending() && self.drain.stage() >= Stage::Closing {
            self.look();
        }
        read
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, buf);
        self.watch(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A socket holds nothing back, and so has nothing to tell.
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, bufs);
        self.watch(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}

/// A client that takes in nothing would leave its answer to the kernel, which
/// keeps it for minutes.
impl Drop for WatchedStream {
    fn drop(&mut self) {
        if self.progress.is_stalled() {
            let _ = self.socket.set_zero_linger();
        }
    }
}

use std::{
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
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

/// How much a client may go on to send, in bytes, that nobody reads any more.
const LINGERED_OVER: usize = 1024 * 1024;

/// A socket that tells when bytes come and go.
pub(super) struct WatchedStream {
    socket: TcpStream,
    progress: Arc<Progress>,
    drain: Drain,
    end: End,
}

/// How far the server's closing of the connection is.
enum End {
    NotYet,
    /// The client was told, and so much of what it sent was thrown away since.
    Told(usize),
}

impl WatchedStream {
    pub(super) fn new(socket: TcpStream, progress: Arc<Progress>, drain: Drain) -> Self {
        Self {
            socket,
            progress,
            drain,
            end: End::NotYet,
        }
    }

    fn watch<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match &written {
            Poll::Pending => self.progress.cannot_write(),
            Poll::Ready(_) => self.progress.has_written(),
        }
        written
    }

    /// A socket that is closed with bytes unread, or is sent more, is reset, and with
    /// it may go the answer that the client has not read (RFC 9112 §9.6). So what was
    /// sent is thrown away, and what is still being sent, for as long as the progress
    /// says.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut thrown_away = [0; 4096];
        while let End::Told(bytes) = self.end
            && bytes < LINGERED_OVER
        {
            let mut buf = ReadBuf::new(&mut thrown_away);
            match Pin::new(&mut self.socket).poll_read(cx, &mut buf) {
                Poll::Pending if self.progress.is_being_sent_more() => return Poll::Pending,
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                    self.end = End::Told(bytes + buf.filled().len());
                }
                // It has read all, or is gone.
                _ => break,
            }
        }
        Poll::Ready(())
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
        if matches!(self.end, End::NotYet) {
            ready!(Pin::new(&mut self.socket).poll_shutdown(cx))?;
            self.end = End::Told(0);
            if self.progress.is_being_sent_more() {
                self.progress.lingers();
            }
        }
        self.poll_linger(cx).map(Ok)
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

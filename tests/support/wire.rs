//! A connection as a client that keeps no rules sees it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::mpsc,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// The runtime's clock, standing still but for [`StillClock::pass`]. A clock that
/// is only paused jumps to the next deadline whenever the runtime waits for the
/// network, unless something blocks meanwhile.
pub struct StillClock(#[expect(dead_code, reason = "held until the end")] mpsc::Sender<()>);

impl StillClock {
    pub fn new() -> Self {
        tokio::time::pause();
        let (until, ends) = mpsc::channel();
        tokio::task::spawn_blocking(move || ends.recv());
        Self(until)
    }

    pub async fn pass(&self, time: Duration) {
        tokio::time::advance(time).await;
    }
}

pub struct Wire(TcpStream);

impl Wire {
    pub async fn connect(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// As the client of this address.
    pub async fn connect_from(client: IpAddr, address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(client, 0)).unwrap();
        Self(socket.connect(address).await.unwrap())
    }

    /// As a client that has room for little.
    pub async fn connect_narrow(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self(socket.connect(address).await.unwrap())
    }

    pub async fn send(&mut self, text: &str) {
        self.send_bytes(text.as_bytes()).await;
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Sends without letting anyone else run.
    pub fn send_now(&self, text: &str) {
        assert_eq!(self.0.try_write(text.as_bytes()).unwrap(), text.len());
    }

    pub async fn ask(&mut self, request: &str) -> String {
        self.send(request).await;
        self.answer().await
    }

    /// Reads one answer that says how long it is.
    pub async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&answer);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.to_ascii_lowercase();
                let (_, length) = length.split_once("content-length: ").unwrap();
                let length = length.lines().next().unwrap().parse::<usize>().unwrap();
                if body.len() >= length {
                    return text.into_owned();
                }
            }
            let mut part = [0; 4096];
            let read = self.0.read(&mut part).await.unwrap();
            assert!(read > 0, "closed after {text:?}");
            answer.extend_from_slice(&part[..read]);
        }
    }

    pub async fn read_exactly(&mut self, bytes: usize) {
        let mut read = vec![0; bytes];
        self.0.read_exact(&mut read).await.unwrap();
    }

    /// Waits until the server closes the connection; what came before that.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest).await {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
            Err(error) => panic!("{error}"),
        }
        rest
    }

    /// The same where the connection is to end in order.
    pub async fn end(&mut self) -> io::Result<String> {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).await?;
        Ok(rest)
    }

    /// Whether the server has neither sent anything more nor closed it.
    pub fn is_silent(&self) -> bool {
        let read = self.0.try_read(&mut [0]);
        read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}

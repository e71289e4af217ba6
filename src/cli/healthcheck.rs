//! Asks a running server whether it is ready, as containers and scripts want to know.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use clap::Args;
use tokio::time::Instant;

use super::error::CliError;
use crate::{
    adapters::{http::speak_to_own_server, system::timer_now},
    config::{Config, Sources},
};

pub(super) const EXAMPLES: &str = "\
Exit code 0 when the server at the configured address answers that it is ready, 1 when not. Give it
the settings of the server; where that was started with --listen, set SIGNET_LISTEN for both instead.
Right after a start, which takes a moment, --wait asks until it is ready.

Examples:
  SIGNET_LISTEN=127.0.0.1:8080 signet healthcheck && echo ready
  signet healthcheck --wait 30s";

/// More than the answer of a server that is not ready needs.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// A start takes seconds; this is often enough to lose none of them.
const ASKED_EVERY: Duration = Duration::from_millis(200);

#[derive(Args)]
pub(super) struct HealthcheckArgs {
    /// How long the server may take to answer when it is asked
    #[arg(long, value_name = "DURATION", default_value = "3s", value_parser = humantime::parse_duration)]
    timeout: Duration,
    /// Ask again and again for this long, until the server is ready
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    wait: Duration,
}

pub(super) fn run(sources: &Sources, args: &HealthcheckArgs) -> Result<(), CliError> {
    let config = Config::load(sources, false)?;
    let address = reachable(config.listen);
    let began = timer_now();
    loop {
        let said = is_ready(address, config.tls.is_some(), args.timeout);
        if said.is_ok() || began.elapsed() >= args.wait {
            return said;
        }
        thread::sleep(ASKED_EVERY);
    }
}

fn is_ready(address: SocketAddr, speaks_tls: bool, timeout: Duration) -> Result<(), CliError> {
    let answer = ask(address, speaks_tls, timeout).map_err(|error| unanswered(address, &error))?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let status = answer.lines().next().unwrap_or_default();
    Err(CliError::refused(format!(
        "{address} is not ready: {status} {body}"
    )))
}

fn unanswered(address: SocketAddr, error: &io::Error) -> CliError {
    let next = if error.kind() == io::ErrorKind::ConnectionRefused {
        "No server runs there: start it with `signet serve`, or set SIGNET_LISTEN to the address \
         that it listens on"
    } else {
        "Its log may say why; where it has much to do, give it longer with --timeout, and where \
         another program listens there, set SIGNET_LISTEN to the server's address"
    };
    CliError::refused(format!("{address} does not answer: {error}. {next}"))
}

/// A server that listens on all addresses is asked on its own machine's.
fn reachable(mut listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        listen.set_ip(match listen.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    listen
}

fn ask(address: SocketAddr, speaks_tls: bool, timeout: Duration) -> io::Result<String> {
    let began = timer_now();
    let socket = TcpStream::connect_timeout(&address, timeout)?;
    let socket = Bounded {
        socket,
        began,
        timeout,
    };
    if speaks_tls {
        ask_on(speak_to_own_server(address, socket)?, address)
    } else {
        ask_on(socket, address)
    }
}

/// A connection that ends when its time is over, however slowly the other end goes on.
struct Bounded {
    socket: TcpStream,
    began: Instant,
    timeout: Duration,
}

impl Bounded {
    fn left(&self) -> io::Result<Option<Duration>> {
        match self.timeout.saturating_sub(self.began.elapsed()) {
            Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
            left => Ok(Some(left)),
        }
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(self.left()?)?;
        self.socket.read(buffer)
    }
}

impl Write for Bounded {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(self.left()?)?;
        self.socket.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

fn ask_on(mut connection: impl Read + Write, address: SocketAddr) -> io::Result<String> {
    let request =
        format!("GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    connection.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

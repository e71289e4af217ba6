//! A Redis server of the tests' own, started when the first of them asks for it.

use std::{
    io::Write,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use redis::aio::MultiplexedConnection;
use signet::{
    adapters::limiter::{FallbackPolicy, RedisServer, RedisSettings},
    domain::{MonotonicTime, Timestamp},
    ports::Clock,
};
use tempfile::TempDir;

/// How long a server may take to answer. It bounds a hanging test and judges no speed.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server on a socket in a folder of its own. It ends with its value, or with the
/// tests.
pub struct RedisProcess {
    child: Child,
    dir: TempDir,
    socket: PathBuf,
    options: Vec<String>,
}

impl RedisProcess {
    /// `None` where no server is installed, which is told.
    pub fn start() -> Option<Self> {
        Self::start_with(tempfile::tempdir().unwrap(), Vec::new())
    }

    pub fn start_with(dir: TempDir, options: Vec<String>) -> Option<Self> {
        let socket = dir.path().join("redis.sock");
        Some(Self {
            child: spawn(&socket, &options)?,
            dir,
            socket,
            options,
        })
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn url(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Ends it as a loss of power would.
    pub fn kill(&mut self) {
        if let Some(mut stdin) = self.child.stdin.take() {
            let _ = stdin.write_all(b"end\n");
        }
        self.child.wait().unwrap();
    }

    /// Starts it again where it was, with nothing in it.
    pub fn restart(&mut self) {
        self.child = spawn(&self.socket, &self.options).unwrap();
    }
}

impl Drop for RedisProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Tells where a program is missing that tests need, or fails where none may.
pub fn is_installed(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--help")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if found.is_ok() {
        return true;
    }
    super::skip::without(program);
    false
}

fn spawn(socket: &Path, options: &[String]) -> Option<Child> {
    if !is_installed("redis-server") {
        return None;
    }
    // A value in a static is not dropped, however the tests end; the shell sees its
    // input close then, ends the server and clears up.
    let script = "socket=$1 dir=$2; shift 2; redis-server --port 0 --unixsocket \"$socket\" \
                  --save '' --appendonly no --dir \"$dir\" \"$@\" & read -r _ || gone=1; kill -9 $!; wait; \
                  if [ -n \"$gone\" ]; then rm -rf \"$dir\"; fi";
    let _ = std::fs::remove_file(socket);
    let child = Command::new("sh")
        .args(["-c", script, "sh"])
        .args([socket, socket.parent().unwrap()])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pause = Duration::from_millis(5);
    let mut left = PATIENCE;
    while UnixStream::connect(socket).is_err() {
        assert!(!left.is_zero(), "the Redis server does not listen");
        thread::sleep(pause);
        left = left.saturating_sub(pause);
    }
    Some(child)
}

/// The server that all tests share, each under keys of its own.
fn shared() -> Option<&'static RedisProcess> {
    static SHARED: OnceLock<Option<RedisProcess>> = OnceLock::new();
    SHARED.get_or_init(RedisProcess::start).as_ref()
}

/// Settings of a test's own keys, on its clock, with all the time to answer.
pub fn settings(clock: Arc<dyn Clock>) -> Option<RedisSettings> {
    static USED: AtomicU64 = AtomicU64::new(0);
    let url = shared()?.url().parse().unwrap();
    let number = USED.fetch_add(1, Ordering::Relaxed);
    let settings = RedisSettings::new(url, FallbackPolicy::Deny)
        .with_prefix(&format!("test{number}:"))
        .with_clock(clock)
        .with_patience(PATIENCE);
    Some(settings)
}

/// A connection on which requests are counted.
pub async fn counting(settings: RedisSettings) -> Arc<RedisServer> {
    let server = RedisServer::start(settings).unwrap();
    until(|| server.counts()).await;
    server
}

pub async fn until(holds: impl Fn() -> bool) {
    let waited = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.unwrap();
}

/// A clock that a test also sets back.
#[derive(Default)]
pub struct SetClock(AtomicU64);

impl SetClock {
    pub fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.monotonic().since(MonotonicTime::default())
    }

    fn monotonic(&self) -> MonotonicTime {
        MonotonicTime::from_start(Duration::from_secs(self.0.load(Ordering::Relaxed)))
    }
}

impl RedisProcess {
    /// What is stored there.
    pub async fn connect(&self) -> MultiplexedConnection {
        let client = redis::Client::open(self.url()).unwrap();
        client.get_multiplexed_async_connection().await.unwrap()
    }

    /// Until it answers: it may listen before.
    pub async fn answers(&self) {
        let ping = redis::cmd("PING");
        let answer: String = ping.query_async(&mut self.connect().await).await.unwrap();
        assert_eq!(answer, "PONG");
    }
}

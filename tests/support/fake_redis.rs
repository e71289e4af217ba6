//! What speaks like a Redis server on which every request and attempt passes, and
//! takes as long as a test says.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::watch,
};

pub struct FakeRedis {
    dir: TempDir,
    takes: watch::Sender<Duration>,
    counts: Counts,
}

/// How often a script was to be run: any, and that of the throttle.
#[derive(Clone, Default)]
struct Counts {
    all: Arc<AtomicUsize>,
    names: Arc<AtomicUsize>,
}

impl FakeRedis {
    pub fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(dir.path().join("redis.sock")).unwrap();
        let (takes, taking) = watch::channel(Duration::ZERO);
        let counts = Counts::default();
        tokio::spawn(accept(listener, taking, counts.clone()));
        Self { dir, takes, counts }
    }

    pub fn url(&self) -> String {
        format!("unix://{}/redis.sock", self.dir.path().display())
    }

    /// From now on every answer takes so long.
    pub fn take(&self, time: Duration) {
        self.takes.send(time).unwrap();
    }

    /// From now on nothing is answered.
    pub fn fall_silent(&self) {
        self.take(Duration::MAX);
    }

    /// How often a script was to be run.
    pub fn asked(&self) -> usize {
        self.counts.all.load(Ordering::Relaxed)
    }

    /// How often one was that counts attempts at a name.
    pub fn told_of_names(&self) -> usize {
        self.counts.names.load(Ordering::Relaxed)
    }
}

async fn accept(listener: UnixListener, takes: watch::Receiver<Duration>, counts: Counts) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, takes.clone(), counts.clone()));
    }
}

async fn answer(mut stream: UnixStream, takes: watch::Receiver<Duration>, counts: Counts) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
        let mut answer = "+OK\r\n".repeat(text.matches("CLIENT").count());
        answer += &"+OK\r\n".repeat(text.matches("SELECT").count());
        if text.contains("EVALSHA") {
            counts.all.fetch_add(1, Ordering::Relaxed);
            // Of the throttle's script and of the limiter's.
            let passes = if text.contains(":name:") {
                counts.names.fetch_add(1, Ordering::Relaxed);
                "*2\r\n:1\r\n:0\r\n"
            } else {
                "*3\r\n:1\r\n:1\r\n:0\r\n"
            };
            answer.push_str(passes);
        }
        let time = *takes.borrow();
        if time == Duration::MAX {
            continue;
        }
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

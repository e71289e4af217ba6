//! Stands between the adapters and PostgreSQL, and fails when told to.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::watch,
};

use super::postgres::PostgresServer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Open,
    /// All connections end, and no new one comes to anything.
    Away,
    /// A connection ends instead of passing a commit on.
    CutBeforeCommit,
    /// A connection ends when a commit has been passed on, before its answer.
    CutAfterCommit,
    /// Nothing comes through any more, on new connections neither, and nobody is
    /// told.
    Silent,
    /// The same of a connection from its next commit on.
    SilentFromCommit,
    /// The same of the connections that are there. New ones are passed on.
    SilentToFormer,
}

pub struct PostgresProxy {
    dir: TempDir,
    way: watch::Sender<Way>,
    accepted: Arc<AtomicUsize>,
}

const SOCKET: &str = ".s.PGSQL.5432";

impl PostgresProxy {
    pub fn start(server: &PostgresServer) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(dir.path().join(SOCKET)).unwrap();
        let (way, watching) = watch::channel(Way::Open);
        let accepted = Arc::default();
        let count = Arc::clone(&accepted);
        tokio::spawn(accept(listener, server.dir.join(SOCKET), watching, count));
        Self { dir, way, accepted }
    }

    /// How many connections were made through it.
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    pub fn go(&self, way: Way) {
        self.way.send(way).unwrap();
    }

    /// With a password, which nobody asks for.
    pub fn url(&self, database: &str) -> String {
        let socket = self.dir.path().display();
        format!("postgres://signet:s3cret@localhost/{database}?host={socket}")
    }
}

async fn accept(
    listener: UnixListener,
    server: PathBuf,
    way: watch::Receiver<Way>,
    accepted: Arc<AtomicUsize>,
) {
    while let Ok((client, _)) = listener.accept().await {
        accepted.fetch_add(1, Ordering::Relaxed);
        if *way.borrow() != Way::Away {
            tokio::spawn(pass(client, server.clone(), way.clone()));
        }
    }
}

async fn pass(client: UnixStream, server: PathBuf, mut way: watch::Receiver<Way>) {
    let server = connect(&server).await;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut watching = way.clone();
    let requests = async move {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = from_client.read(&mut buffer).await.unwrap_or(0);
            let way = *watching.borrow();
            let sent = &buffer[..read];
            let commits = sent.windows(6).any(|word| word == b"COMMIT");
            if way == Way::Silent || (commits && way == Way::SilentFromCommit) {
                // What was sent is lost, and both ends stay open meanwhile.
                let _ = watching.wait_for(|now| *now != way).await;
                return to_server;
            }
            if read == 0 || (commits && way == Way::CutBeforeCommit) {
                return to_server;
            }
            if to_server.write_all(sent).await.is_err() {
                return to_server;
            }
            if commits && way == Way::CutAfterCommit {
                // Nothing is read any more, and PostgreSQL goes on.
                return to_server;
            }
        }
    };
    let answers = tokio::io::copy(&mut from_server, &mut to_client);
    let is_former = *way.borrow() != Way::SilentToFormer;
    let mut of_former = way.clone();
    let falls_silent = async move {
        if !is_former
            || of_former
                .wait_for(|way| *way == Way::SilentToFormer)
                .await
                .is_err()
        {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = falls_silent => {}
        _ = requests => return,
        _ = answers => return,
        _ = way.wait_for(|way| *way == Way::Away) => return,
    }
    // The client sees its end open still, whatever the server does.
    let _ = way.wait_for(|way| *way != Way::SilentToFormer).await;
}

async fn connect(server: &Path) -> UnixStream {
    UnixStream::connect(server).await.unwrap()
}

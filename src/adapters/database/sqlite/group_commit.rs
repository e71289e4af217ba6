//! Writes in groups: one transaction, and so one sync of the disk, for all
//! that wait; a savepoint for each of several, so that a failure undoes that one
//! alone.

use std::{
    fmt,
    panic::AssertUnwindSafe,
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures_util::FutureExt;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{mpsc, oneshot};

use super::trouble::Trouble;
use crate::{adapters::database::write_step::WriteStep, ports::StorageError};

/// How many writes one transaction takes at most.
const LARGEST_GROUP: usize = 256;
/// How many writes may wait in line; further ones wait for a place in it.
const LONGEST_QUEUE: usize = 1024;
/// A write that waited longer is not done at all.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Is told of each group how many writes it had.
pub(super) type GroupWatch = Box<dyn Fn(usize) + Send + Sync>;

/// The line of writes that wait for the next transaction.
#[derive(Clone)]
pub(super) struct GroupCommit {
    line: mpsc::Sender<Box<dyn Job>>,
    commits: Arc<AtomicU64>,
    watch: Arc<OnceLock<GroupWatch>>,
    trouble: Trouble,
}

impl GroupCommit {
    /// Starts the task that commits. It ends with the last handle.
    pub(super) fn start(writer: DatabaseConnection, trouble: Trouble) -> Self {
        let (line, receiver) = mpsc::channel(LONGEST_QUEUE);
        let commits = Arc::new(AtomicU64::new(0));
        let watch = Arc::new(OnceLock::new());
        tokio::spawn(commit_groups(
            writer,
            receiver,
            commits.clone(),
            watch.clone(),
            trouble.clone(),
        ));
        Self {
            line,
            commits,
            watch,
            trouble,
        }
    }

    /// How many groups were committed.
    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The first one that is given is told of every group that is committed.
    pub(super) fn watch(&self, watch: GroupWatch) {
        let _ = self.watch.set(watch);
    }

    /// Goes with the last handle.
    pub(super) fn counter(&self) -> Weak<AtomicU64> {
        Arc::downgrade(&self.commits)
    }

    /// Answers when the step is committed, or undone.
    pub(super) async fn write<S: WriteStep>(&self, step: S) -> Result<S::Output, S::Error> {
        let (reply, mut replied) = oneshot::channel();
        let turn = Turn::default();
        let waiting = Waiting {
            step: Some(step),
            result: None,
            turn: turn.clone(),
            trouble: self.trouble.clone(),
            reply,
        };
        self.line
            .send_timeout(Box::new(waiting), LONGEST_WAIT)
            .await
            .map_err(|_| {
                self.trouble.note_refusal();
                StorageError::unavailable("the line of writes does not move")
            })?;
        let replied = match tokio::time::timeout(LONGEST_WAIT, &mut replied).await {
            Ok(replied) => replied,
            Err(_) if turn.take() => {
                self.trouble.note_refusal();
                let reason = "the write did not have its turn in time";
                return Err(StorageError::unavailable(reason).into());
            }
            // It has begun: what becomes of it is worth waiting for.
            Err(_) => replied.await,
        };
        replied.map_err(|_| StorageError::unavailable("the writing task is gone"))?
    }
}

/// Goes to whoever takes it first: the write that begins, or the caller who
/// does not wait any longer.
#[derive(Clone, Default)]
struct Turn(Arc<AtomicBool>);

impl Turn {
    fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// A step in line, its types hidden.
#[async_trait]
trait Job: Send {
    /// Applies the step; false when what it wrote is to be undone.
    async fn run(&mut self, transaction: &DatabaseTransaction) -> bool;

    /// Hands out the result, or the reason why the group was not committed.
    fn answer(self: Box<Self>, committed: Result<(), &str>);
}

struct Waiting<S: WriteStep> {
    step: Option<S>,
    result: Option<Result<S::Output, S::Error>>,
    turn: Turn,
    trouble: Trouble,
    reply: oneshot::Sender<Result<S::Output, S::Error>>,
}

#[async_trait]
impl<S: WriteStep> Job for Waiting<S> {
    async fn run(&mut self, transaction: &DatabaseTransaction) -> bool {
        let Some(step) = self.step.take().filter(|_| self.turn.take()) else {
            return false;
        };
        let outcome = AssertUnwindSafe(step.apply(transaction))
            .catch_unwind()
            .await;
        let result =
            outcome.unwrap_or_else(|_| Err(StorageError::unavailable("a write panicked").into()));
        let succeeded = match &result {
            Ok(_) => true,
            Err(error) => {
                self.trouble.note(error);
                false
            }
        };
        self.result = Some(result);
        succeeded
    }

    fn answer(self: Box<Self>, committed: Result<(), &str>) {
        let result = match (self.result, committed) {
            // A refusal too may rest on what was not committed.
            (_, Err(reason)) => Err(StorageError::unavailable(reason).into()),
            (Some(result), Ok(())) => result,
            (None, Ok(())) => Err(StorageError::unavailable("the step did not run").into()),
        };
        // Whoever asked may be gone.
        let _ = self.reply.send(result);
    }
}

async fn commit_groups(
    writer: DatabaseConnection,
    mut line: mpsc::Receiver<Box<dyn Job>>,
    commits: Arc<AtomicU64>,
    watch: Arc<OnceLock<GroupWatch>>,
    trouble: Trouble,
) {
    let mut group = Vec::new();
    while line.recv_many(&mut group, LARGEST_GROUP).await > 0 {
        let committed = commit(&writer, &mut group).await;
        match &committed {
            Ok(true) => {
                commits.fetch_add(1, Ordering::Relaxed);
                if let Some(watch) = watch.get() {
                    watch(group.len());
                }
            }
            Ok(false) => {}
            Err(error) => {
                trouble.note_refusal();
                trouble.note(error);
            }
        }
        let committed = committed.map_err(|error| error.to_string());
        for job in group.drain(..) {
            job.answer(committed.as_ref().map(drop).map_err(String::as_str));
        }
    }
}

/// Whether anything was committed.
async fn commit(writer: &DatabaseConnection, group: &mut [Box<dyn Job>]) -> Result<bool, DbErr> {
    let transaction = begin(writer).await?;
    if let [alone] = group {
        // With nobody else in it, the transaction is savepoint enough.
        let applies = alone.run(&transaction).await;
        end(transaction, applies).await?;
        return Ok(applies);
    }
    for job in group {
        let savepoint = transaction.begin().await?;
        let applies = job.run(&savepoint).await;
        end(savepoint, applies).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

async fn end(transaction: DatabaseTransaction, applies: bool) -> Result<(), DbErr> {
    if applies {
        transaction.commit().await
    } else {
        transaction.rollback().await
    }
}

/// Begins a transaction that holds the write lock from its first moment: a
/// deferred one that reads before it writes fails under concurrency.
pub(super) async fn begin(writer: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    writer
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        })
        .await
}

impl fmt::Debug for GroupCommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GroupCommit")
    }
}

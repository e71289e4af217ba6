//! Writes in groups: one transaction, and so one sync of the disk, for all
//! that wait; a savepoint for each of several, so that a failure undoes that one
//! alone.

use std::{
    fmt,
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};

use super::{
    claim::{Claim, LONGEST_WAIT},
    connections::Connections,
    job::{Job, Waiting},
    transaction::SqliteTransaction,
    trouble::Trouble,
};
use crate::{
    adapters::database::{transaction::Transaction, write_step::WriteStep},
    ports::StorageError,
};

/// How many writes one transaction takes at most.
const LARGEST_GROUP: usize = 256;
/// How many writes may wait in line; further ones wait for a place in it.
const LONGEST_QUEUE: usize = 1024;

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
    pub(super) fn start(writer: Connections, trouble: Trouble) -> Self {
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

    /// Fails once the task that commits has ended, which only a panic makes it do.
    pub(super) fn is_served(&self) -> Result<(), StorageError> {
        if self.line.is_closed() {
            return Err(gone());
        }
        Ok(())
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
        let claim = Claim::default();
        let waiting = Waiting::new(step, claim.clone(), self.trouble.clone(), reply);
        let line_and_turn = async {
            let sent = self.line.send(Box::new(waiting)).await;
            sent.map_err(|_| gone())?;
            (&mut replied).await.map_err(|_| gone())
        };
        match tokio::time::timeout(LONGEST_WAIT, line_and_turn).await {
            Ok(replied) => replied?,
            Err(_) if claim.take() => {
                self.trouble.note_refusal();
                let reason = "the write did not have its turn in time";
                Err(StorageError::unavailable(reason).into())
            }
            // It has begun: what becomes of it is worth waiting for.
            Err(_) => replied.await.map_err(|_| gone())?,
        }
    }
}

fn gone() -> StorageError {
    StorageError::unavailable("the writing task is gone")
}

async fn commit_groups(
    writer: Connections,
    mut line: mpsc::Receiver<Box<dyn Job>>,
    commits: Arc<AtomicU64>,
    watch: Arc<OnceLock<GroupWatch>>,
    trouble: Trouble,
) {
    let mut group = Vec::new();
    while line.recv_many(&mut group, LARGEST_GROUP).await > 0 {
        let committed = commit(&writer, &trouble, &mut group).await;
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
        let committed = committed.map_err(|error| match error {
            DbErr::Custom(cause) => cause,
            error => error.to_string(),
        });
        for job in group.drain(..) {
            job.answer(committed.as_ref().map(drop).map_err(String::as_str));
        }
    }
}

/// Whether anything was committed.
async fn commit(
    writer: &Connections,
    trouble: &Trouble,
    group: &mut [Box<dyn Job>],
) -> Result<bool, DbErr> {
    let transaction = begin(writer, trouble).await?;
    let shared = Transaction::Sqlite(transaction.clone());
    if let [alone] = group {
        // With nobody else in it, the transaction is part enough.
        let applies = alone.run(&shared).await;
        if applies {
            transaction.commit().await?;
        } else {
            let undone = transaction.rollback().await;
            undone.map_err(|error| cause_of(alone.as_ref(), error, trouble))?;
        }
        return Ok(applies);
    }
    for job in group {
        transaction.begin_part().await;
        let mut stands = job.run(&shared).await;
        if stands && let Err(error) = transaction.keep_part().await {
            job.fails(error);
            stands = false;
        }
        if !stands {
            let undone = transaction.undo_part().await;
            undone.map_err(|error| cause_of(job.as_ref(), error, trouble))?;
        }
    }
    transaction.commit().await?;
    Ok(true)
}

/// Where SQLite has undone the whole transaction by itself, there is nothing left to undo:
/// what the job failed for says more than that.
fn cause_of(job: &dyn Job, error: DbErr, trouble: &Trouble) -> DbErr {
    trouble.note(&error);
    job.failure().map_or(error, DbErr::Custom)
}

/// Begins a transaction that writes.
pub(super) async fn begin(
    writer: &Connections,
    trouble: &Trouble,
) -> Result<SqliteTransaction, DbErr> {
    let held = writer.take().await?;
    Ok(SqliteTransaction::of_writes(if trouble.replaces_writer() {
        held.give_up();
        writer.take().await?
    } else {
        held
    }))
}

impl fmt::Debug for GroupCommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GroupCommit")
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, sync::atomic::AtomicUsize, time::Duration};

    use async_trait::async_trait;
    use tokio::{sync::Semaphore, task::yield_now, time};

    use super::{super::connection::options, *};
    use crate::adapters::database::error::root_cause;

    /// Goes on once there is a permit, and counts how often it began.
    #[derive(Clone)]
    struct Gated {
        gate: Arc<Semaphore>,
        begun: Arc<AtomicUsize>,
    }

    impl Gated {
        fn with(permits: usize) -> Self {
            Self {
                gate: Arc::new(Semaphore::new(permits)),
                begun: Arc::default(),
            }
        }

        fn begun(&self) -> usize {
            self.begun.load(Ordering::Relaxed)
        }
    }

    #[async_trait]
    impl WriteStep for Gated {
        type Output = ();
        type Error = StorageError;

        async fn apply(self, _: &Transaction) -> Result<(), StorageError> {
            self.begun.fetch_add(1, Ordering::Relaxed);
            let permit = self.gate.acquire().await;
            permit.map(drop).map_err(StorageError::unavailable)
        }
    }

    #[tokio::test]
    async fn a_write_whose_turn_does_not_come_in_time_is_not_done_and_one_that_began_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        File::create(&path).unwrap();
        let one = Connections::new(1, options(&path));
        let group = GroupCommit::start(one, Trouble::default());
        let ask = |step: &Gated| {
            let (group, step) = (group.clone(), step.clone());
            tokio::spawn(async move { group.write(step).await })
        };
        let [began, late] = [0, 1].map(Gated::with);
        let first = ask(&began);
        while began.begun() == 0 {
            assert!(!first.is_finished());
            yield_now().await;
        }
        // The last one waits for a place in line.
        let waiting: Vec<_> = (0..=LONGEST_QUEUE).map(|_| ask(&late)).collect();
        while group.line.capacity() > 0 {
            yield_now().await;
        }
        yield_now().await;
        time::pause();
        time::advance(LONGEST_WAIT + Duration::from_millis(1)).await;
        time::resume();
        for refused in waiting {
            let said = root_cause(&refused.await.unwrap().unwrap_err());
            assert_eq!(said, "the write did not have its turn in time");
        }
        began.gate.add_permits(1);
        first.await.unwrap().unwrap();
        ask(&Gated::with(1)).await.unwrap().unwrap();
        assert_eq!(late.begun(), 0);
    }
}

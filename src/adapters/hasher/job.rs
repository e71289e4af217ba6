use std::panic::{self, AssertUnwindSafe};

use tokio::sync::oneshot;

use crate::{crypto::argon2id::HashMemory, ports::HashError};

/// Tells what a job came to.
pub(super) type Answer = Box<dyn FnOnce() + Send>;

/// Work for a pool thread, and whom to answer.
pub(super) trait Job: Send {
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;

    /// Does the work.
    fn run(self: Box<Self>, memory: &mut HashMemory) -> Answer;

    /// Answers with `error` instead of doing the work.
    fn refuse(self: Box<Self>, error: HashError);
}

pub(super) fn new<T, F>(work: F) -> (Box<dyn Job>, Reply<T>)
where
    T: Send + 'static,
    F: FnOnce(&mut HashMemory) -> T + Send + 'static,
{
    let (reply, receiver) = oneshot::channel();
    (Box::new(Work { work, reply }), Reply(receiver))
}

struct Work<T, F> {
    work: F,
    reply: oneshot::Sender<Result<T, HashError>>,
}

impl<T, F> Job for Work<T, F>
where
    T: Send + 'static,
    F: FnOnce(&mut HashMemory) -> T + Send,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(self: Box<Self>, memory: &mut HashMemory) -> Answer {
        let Self { work, reply } = *self;
        // Nothing reads what a panic leaves in the memory: every hash writes
        // before it reads.
        let result = panic::catch_unwind(AssertUnwindSafe(|| work(memory)));
        let result = result.map_err(|_| HashError::Failed("the computation panicked".to_owned()));
        Box::new(move || {
            // Fails when the caller went away meanwhile, who then needs no answer.
            let _ = reply.send(result);
        })
    }

    fn refuse(self: Box<Self>, error: HashError) {
        let _ = self.reply.send(Err(error));
    }
}

/// The answer to come. Dropping it abandons the job, which is then not run
/// unless it already runs.
#[derive(Debug)]
pub struct Reply<T>(oneshot::Receiver<Result<T, HashError>>);

impl<T> Reply<T> {
    /// What the job made.
    ///
    /// # Errors
    /// [`HashError::Busy`] when the job waited too long to be run,
    /// [`HashError::Failed`] when it panicked or the pool ended before it ran.
    pub async fn wait(self) -> Result<T, HashError> {
        self.0
            .await
            .unwrap_or_else(|_| Err(HashError::Failed("the pool has ended".to_owned())))
    }
}

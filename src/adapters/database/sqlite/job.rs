//! A write in line.

use std::{error::Error, iter, panic::AssertUnwindSafe};

use async_trait::async_trait;
use futures_util::FutureExt;
use sea_orm::DbErr;
use tokio::sync::oneshot;

use super::{claim::Claim, trouble::Trouble};
use crate::{
    adapters::database::{
        error::{root_cause, unavailable},
        transaction::Transaction,
        write_step::WriteStep,
    },
    ports::StorageError,
};

/// A step in line, its types hidden.
#[async_trait]
pub(super) trait Job: Send {
    /// Applies the step; false when what it wrote is to be undone.
    async fn run(&mut self, transaction: &Transaction) -> bool;

    /// What it wrote is to be undone after all.
    fn fails(&mut self, error: DbErr);

    /// The database's error that it failed for; `None` where the step itself refused.
    fn failure(&self) -> Option<String>;

    /// Hands out the result, or the reason why the group was not committed.
    fn answer(self: Box<Self>, committed: Result<(), &str>);
}

pub(super) struct Waiting<S: WriteStep> {
    step: Option<S>,
    result: Option<Result<S::Output, S::Error>>,
    claim: Claim,
    trouble: Trouble,
    reply: Reply<S>,
}

type Reply<S> = oneshot::Sender<Result<<S as WriteStep>::Output, <S as WriteStep>::Error>>;

impl<S: WriteStep> Waiting<S> {
    pub(super) fn new(step: S, claim: Claim, trouble: Trouble, reply: Reply<S>) -> Self {
        Self {
            step: Some(step),
            result: None,
            claim,
            trouble,
            reply,
        }
    }
}

#[async_trait]
impl<S: WriteStep> Job for Waiting<S> {
    async fn run(&mut self, transaction: &Transaction) -> bool {
        let Some(step) = self.step.take().filter(|_| self.claim.take()) else {
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

    fn fails(&mut self, error: DbErr) {
        self.trouble.note(&error);
        self.result = Some(Err(unavailable(error).into()));
    }

    fn failure(&self) -> Option<String> {
        let error = self.result.as_ref()?.as_ref().err()?;
        is_of_the_database(error).then(|| root_cause(error))
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

fn is_of_the_database(error: &(dyn Error + 'static)) -> bool {
    let mut causes = iter::successors(Some(error), |&error| error.source());
    causes.any(<dyn Error>::is::<DbErr>)
}

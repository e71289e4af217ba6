//! A refresh in a transaction of its own, as PostgreSQL has it: steps of several
//! servers meet at the session's row alone.

use async_trait::async_trait;

use super::{Postgres, turns::Turn};
use crate::{
    adapters::database::{
        error::unavailable, refreshing::refresh_one, session_store, transaction::Transaction,
        write_step::WriteStep,
    },
    ports::{RefreshAttempt, Refreshed, StorageError},
};

#[derive(Clone)]
struct One {
    attempt: RefreshAttempt,
    /// To the end of the step: its caller may go away before.
    _turn: Turn,
}

pub(in crate::adapters::database) async fn refresh_alone(
    postgres: &Postgres,
    attempt: RefreshAttempt,
) -> Result<Refreshed, StorageError> {
    let turn = postgres.turns().wait(attempt.session).await;
    let turn = turn.map_err(unavailable)?;
    let step = One {
        attempt,
        _turn: turn,
    };
    postgres.write(step).await
}

#[async_trait]
impl WriteStep for One {
    type Output = Refreshed;
    type Error = StorageError;

    async fn apply(self, transaction: &Transaction) -> Result<Refreshed, StorageError> {
        session_store::lock(transaction, self.attempt.session).await?;
        refresh_one(transaction, &self.attempt).await
    }
}

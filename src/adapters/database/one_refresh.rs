//! A refresh in a transaction of its own, as PostgreSQL has it: steps of several
//! servers meet at the session's row alone.

use std::slice;

use async_trait::async_trait;
use sea_orm::DatabaseTransaction;

use super::{
    error::unavailable,
    postgres::{Postgres, Turn},
    refreshes::refresh,
    session_store,
    write_step::WriteStep,
};
use crate::ports::{RefreshAttempt, Refreshed, StorageError};

#[derive(Clone)]
struct One {
    attempt: RefreshAttempt,
    /// To the end of the step: its caller may go away before.
    _turn: Turn,
}

pub(super) async fn refresh_alone(
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

    async fn apply(self, transaction: &DatabaseTransaction) -> Result<Refreshed, StorageError> {
        session_store::lock(transaction, self.attempt.session).await?;
        let attempts = slice::from_ref(&self.attempt);
        let refreshed = refresh(transaction, attempts).await?.pop();
        refreshed.ok_or_else(|| StorageError::unavailable("a refresh had no outcome"))
    }
}

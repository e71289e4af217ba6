use std::{error::Error, fmt};

use sea_orm::DbErr;

use crate::ports::StorageError;

pub(super) fn unavailable(error: DbErr) -> StorageError {
    StorageError::unavailable(error)
}

/// What is behind all that was said about it.
pub(super) fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Makes the errors of one row: which column of it cannot be read back.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) table: &'static str,
    pub(super) id: &'a str,
}

impl Row<'_> {
    pub(super) fn corrupt(self, column: &'static str, reason: impl fmt::Display) -> StorageError {
        StorageError::Corrupt {
            table: self.table,
            column,
            id: self.id.to_owned(),
            reason: reason.to_string(),
        }
    }
}

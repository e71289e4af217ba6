//! What an error of PostgreSQL says about trying again (its manual, appendix A).

use std::{error::Error, io};

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Whether the connection is gone: nobody answers at its other end, or the
/// server ended it.
pub(in crate::adapters::database) fn is_lost(error: &DbErr) -> bool {
    match cause(error) {
        // Of this kind are the refusals of TLS, which do not pass.
        Some(sqlx::Error::Io(error)) => error.kind() != io::ErrorKind::InvalidData,
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
            code.starts_with("08")
                || ["57P01", "57P02", "57P03", "57P05", "25P03"].contains(&&*code)
        }),
        _ => false,
    }
}

/// Whether the server itself said it.
pub(super) fn is_server_answer(error: &DbErr) -> bool {
    matches!(cause(error), Some(sqlx::Error::Database(_)))
}

/// Whether a lock was not free within `lock_timeout`.
pub(in crate::adapters::database) fn is_locked(error: &DbErr) -> bool {
    match cause(error) {
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|code| code == "55P03"),
        _ => false,
    }
}

/// Whether the server rolled the transaction back because others were in its
/// way: a deadlock, or what they wrote meanwhile.
pub(super) fn is_conflict(error: &DbErr) -> bool {
    const CODES: [&str; 3] = ["40001", "40P01", "23505"];
    match cause(error) {
        Some(sqlx::Error::Database(error)) => {
            error.code().is_some_and(|code| CODES.contains(&&*code))
        }
        _ => false,
    }
}

/// Whether a statement was prepared before a table was changed, by another server's
/// migration say: nothing came of it. Its connection would meet with the same again.
/// (The manual calls it `feature_not_supported`, of which Signet asks for nothing else.)
pub(in crate::adapters::database) fn is_outdated(error: &DbErr) -> bool {
    match cause(error) {
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|code| code == "0A000"),
        _ => false,
    }
}

/// Whether a step that failed with this error before its commit may go better
/// another time. A duplicate among them: where it is the answer, the step has
/// said so in words of its own; elsewhere someone was quicker.
pub(super) fn passes(error: &(dyn Error + 'static)) -> bool {
    let passes = |error| is_lost(error) || is_conflict(error) || is_outdated(error);
    database_error(error).is_some_and(passes)
}

/// What the database said, where the error comes of it.
pub(in crate::adapters::database) fn database_error<'a>(
    error: &'a (dyn Error + 'static),
) -> Option<&'a DbErr> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref() {
            return Some(error);
        }
        next = error.source();
    }
    None
}

fn cause(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

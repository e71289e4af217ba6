//! Statements on their way to SQLite.

use std::sync::Arc;

use futures_util::TryStreamExt;
use sea_orm::{
    DbErr, QueryResult, RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{
        self, AssertSqlSafe, Either, Executor,
        sqlite::{SqliteConnection, SqliteQueryResult, SqliteRow},
    },
};
use sea_query_sqlx::SqlxValues;

/// What the last of them came to.
pub(super) struct Done {
    pub(super) result: SqliteQueryResult,
    rows: Vec<SqliteRow>,
}

impl Done {
    pub(super) fn rows(self) -> Vec<QueryResult> {
        self.rows.into_iter().map(QueryResult::from).collect()
    }
}

/// Has them done one after the other, up to the first that fails, in one way to the
/// connection's thread and back. `begun` is called when the first one is done.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    statements: Vec<Statement>,
    mut begun: impl FnMut(),
) -> Result<Done, sqlx::Error> {
    let count = statements.len();
    let (text, values) = joined(statements);
    let query = sqlx::query_with(AssertSqlSafe(text), SqlxValues(values));
    let mut answers = connection.fetch_many(query);
    let (mut done, mut rows) = (0, Vec::new());
    while let Some(answer) = answers.try_next().await? {
        match answer {
            Either::Right(row) if done + 1 == count => rows.push(row),
            Either::Right(_) => {}
            Either::Left(result) => {
                done += 1;
                if done == 1 {
                    begun();
                }
                // Nothing follows, and the thread need not say so.
                if done == count {
                    return Ok(Done { result, rows });
                }
            }
        }
    }
    Err(sqlx::Error::WorkerCrashed)
}

/// All that the text holds, none of it kept prepared.
pub(super) async fn run_text(
    connection: &mut SqliteConnection,
    text: &str,
) -> Result<SqliteQueryResult, sqlx::Error> {
    connection.execute(AssertSqlSafe(text.to_owned())).await
}

/// As one text with one list of values: sqlx runs each statement of it with those values
/// that come next, and keeps all of them prepared. A number would name a value of the
/// whole list: among several, placeholders have none.
fn joined(statements: Vec<Statement>) -> (String, Values) {
    let mut text = String::new();
    let mut all = Vec::new();
    let several = statements.len() > 1;
    for Statement { sql, values, .. } in statements {
        debug_assert!(!(several && values.is_some() && has_numbers(&sql)), "{sql}");
        if !text.is_empty() {
            text.push(';');
        }
        text.push_str(&sql);
        all.extend(values.into_iter().flatten());
    }
    (text, Values(all))
}

/// Whether a placeholder of it has a number: `$1` or `?1`.
fn has_numbers(sql: &str) -> bool {
    let bytes = sql.as_bytes();
    let mut pairs = bytes.windows(2);
    pairs.any(|pair| matches!(pair, [b'$' | b'?', b'0'..=b'9']))
}

pub(super) fn in_execution(error: impl Into<Arc<sqlx::Error>>) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

pub(super) fn in_query(error: impl Into<Arc<sqlx::Error>>) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

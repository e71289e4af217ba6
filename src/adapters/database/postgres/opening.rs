//! How connections are opened.

use std::time::Duration;

use sea_orm::{
    DbErr,
    sqlx::{self, ConnectOptions, Connection, postgres::PgConnectOptions},
};

use super::{PostgresLimits, failure::is_lost, url::PostgresUrl};

/// The timeouts are PostgreSQL's own, so that what nobody waits for any longer
/// ends there, too. A server that freezes holds no lock for longer. Steps rest on
/// `READ COMMITTED`: after a wait for a lock they see what its former holder wrote,
/// whatever the database, the role or the URL would have by default.
pub(super) fn options(url: &PostgresUrl, limits: PostgresLimits) -> PgConnectOptions {
    let timeout = limits.statement_timeout.as_millis().to_string();
    let options = url.options().disable_statement_logging().options([
        ("default_transaction_isolation", "read committed"),
        // A plan that knows the values: what is rare is found along its index.
        ("plan_cache_mode", "force_custom_plan"),
        ("statement_timeout", &timeout),
        ("idle_in_transaction_session_timeout", &timeout),
    ]);
    if options.get_application_name().is_some() {
        options
    } else {
        options.application_name("signet")
    }
}

/// Tells what is wrong with the settings, and waits for a server that starts
/// at the same time.
pub(super) async fn first_connection(
    options: &PgConnectOptions,
    timeout: Duration,
) -> Result<(), DbErr> {
    const PAUSE: Duration = Duration::from_millis(100);
    let mut last = None;
    let connecting = async {
        loop {
            match connect(options).await {
                Err(error) if is_lost(&error) => last = Some(error),
                result => return result,
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    match tokio::time::timeout(timeout, connecting).await {
        Ok(result) => result,
        Err(_) => Err(last.unwrap_or_else(|| {
            DbErr::Custom("PostgreSQL does not answer within the connect timeout".to_owned())
        })),
    }
}

/// One that is closed at once.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<(), DbErr> {
    let error = |error: sqlx::Error| DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into()));
    let connection = options.connect().await.map_err(error)?;
    connection.close().await.map_err(error)
}

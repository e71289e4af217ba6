//! How connections are opened.

use std::time::Duration;

use sea_orm::{
    DbErr,
    sqlx::{
        self, ConnectOptions, Connection, PgConnection,
        postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    },
};

use super::{
    PostgresLimits,
    bounds::is_alive,
    failure::is_lost,
    observed::{Observed, Purpose},
    url::PostgresUrl,
};

/// The timeouts are PostgreSQL's own, so that what nobody waits for any longer
/// ends there, too. A server that freezes holds no lock for longer. Steps rest on
/// `READ COMMITTED`: after a wait for a lock they see what its former holder wrote,
/// whatever the database, the role or the URL would have by default.
///
/// Where a server's machine is gone PostgreSQL gives up its connection, and what that
/// holds, after two minutes without an answer (Linux: `tcp(7)`), also in the middle of
/// what it sends, and not before it is done with a statement. This side's sockets sqlx
/// keeps to itself.
pub(super) fn options(url: &PostgresUrl, limits: PostgresLimits) -> PgConnectOptions {
    let timeout = limits.statement_timeout.as_millis().to_string();
    let options = url.options().disable_statement_logging().options([
        ("default_transaction_isolation", "read committed"),
        // A plan that knows the values: what is rare is found along its index.
        ("plan_cache_mode", "force_custom_plan"),
        ("statement_timeout", &timeout),
        ("idle_in_transaction_session_timeout", &timeout),
        ("tcp_keepalives_idle", "60"),
        ("tcp_keepalives_interval", "10"),
        ("tcp_keepalives_count", "6"),
        ("tcp_user_timeout", "120000"),
    ]);
    if options.get_application_name().is_some() {
        options
    } else {
        options.application_name("signet")
    }
}

/// A connection that died in the pool, or leads to a server that does not write any
/// more, is noticed before a step begins on it, and one that died under a step is
/// not kept.
pub(super) fn pool(
    options: PgConnectOptions,
    limits: PostgresLimits,
    purpose: Purpose,
    observed: &Observed,
) -> PgPool {
    let pool = PgPoolOptions::new()
        .max_connections(limits.pool_size)
        .acquire_timeout(limits.acquire_timeout)
        .test_before_acquire(false)
        .after_release(|connection, _| Box::pin(is_alive(connection)));
    let pool = match purpose {
        Purpose::Reading => pool.before_acquire(|connection, _| Box::pin(is_alive(connection))),
        Purpose::Writing => {
            let (new, kept) = (observed.clone(), observed.clone());
            pool.after_connect(move |connection, _| {
                let observed = new.clone();
                Box::pin(async move { observed.must_write(connection).await })
            })
            .before_acquire(move |connection, known| {
                let observed = kept.clone();
                Box::pin(async move {
                    Ok(observed.is_recent(known.age) && observed.writes(connection).await?)
                })
            })
        }
    };
    pool.connect_lazy_with(options)
}

/// Tells what is wrong with the settings, and waits for a server that starts, or
/// becomes the primary, at the same time.
pub(super) async fn first_connection(
    options: &PgConnectOptions,
    timeout: Duration,
    purpose: Purpose,
    observed: &Observed,
) -> Result<(), DbErr> {
    const PAUSE: Duration = Duration::from_millis(100);
    let mut last = None;
    let connecting = async {
        loop {
            let connected = async {
                let mut connection = open(options).await?;
                if purpose == Purpose::Writing {
                    observed
                        .must_write(&mut connection)
                        .await
                        .map_err(error_of)?;
                }
                connection.close().await.map_err(error_of)
            };
            match connected.await {
                Err(error) if is_lost(&error) || observed.only_reads() => last = Some(error),
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

pub(super) async fn open(options: &PgConnectOptions) -> Result<PgConnection, DbErr> {
    options.connect().await.map_err(error_of)
}

pub(super) fn error_of(error: sqlx::Error) -> DbErr {
    DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into()))
}

//! Finding a Redis server that counts.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use ::redis::{AsyncConnectionConfig, Client, Script, aio::MultiplexedConnection};
use tokio::time::{sleep, timeout};

use super::{
    RedisServer, RedisTrouble, RedisUrl,
    limiter::{self, SCRIPT},
};

/// How often a server that is away is looked for.
pub(super) const PROBED_EVERY: Duration = Duration::from_millis(500);
/// How long one look may take. No request waits for it.
pub(super) const PROBE_PATIENCE: Duration = Duration::from_secs(2);
/// What a login asks; no request asks more.
const QUESTIONS: usize = 3;

pub(super) fn open(url: &RedisUrl) -> Result<Client, RedisTrouble> {
    // Named, so that TLS does not depend on what other crates choose; where one was
    // named before, it stays.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Ok(Client::open(url.connection_info())?)
}

/// Until it is found, or nobody asks for it any more.
pub(super) async fn search(server: Weak<RedisServer>, mut pause: Duration) {
    let mut told = !pause.is_zero();
    loop {
        sleep(pause).await;
        pause = PROBED_EVERY;
        let Some(server) = server.upgrade() else {
            return;
        };
        match connect(&server).await {
            Ok(connection) => {
                let connection = Arc::new(connection);
                server.connection.store(Some(connection.clone()));
                // What ended since the last was settled.
                if !server.settle(&connection).await {
                    // It is lost again, and searched.
                    return;
                }
                let fallback_decisions = crate::ports::LimitsHealth::fallback_decisions(&*server);
                let server = &server.settings.url;
                tracing::info!(%server, fallback_decisions, "limits are counted on Redis");
                return;
            }
            Err(trouble) if !told => {
                server.tell_loss(&trouble);
                told = true;
            }
            Err(trouble) => tracing::debug!(
                error = &trouble as &dyn std::error::Error,
                "the limiter's Redis is still away"
            ),
        }
    }
}

pub(super) async fn connect(server: &RedisServer) -> Result<MultiplexedConnection, RedisTrouble> {
    let connecting = async {
        // The client's own time limits would be others than the settings'.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let connection = server
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        probe(server, &connection, PROBE_PATIENCE, 1).await?;
        // It knows the script now. One that is always slow would be lost again at
        // the next login.
        probe(server, &connection, server.settings.patience, QUESTIONS).await?;
        Ok::<_, RedisTrouble>(connection)
    };
    let connection = timeout(PROBE_PATIENCE, connecting)
        .await
        .unwrap_or(Err(RedisTrouble::Slow(PROBE_PATIENCE)))?;
    server.owed.settle(server, &connection).await?;
    Ok(connection)
}

/// Whether it answers so many questions, one after the other, in that time. A
/// server that only reads, or is full, does not count.
pub(super) async fn probe(
    server: &RedisServer,
    connection: &MultiplexedConnection,
    patience: Duration,
    questions: usize,
) -> Result<(), RedisTrouble> {
    let script = Script::new(SCRIPT);
    let mut invocation = script.key(server.key("probe", ""));
    limiter::add_args(&mut invocation, server.time(), limiter::PROBE);
    let mut connection = connection.clone();
    let asking = async {
        for _ in 0..questions {
            let _: Vec<u64> = invocation.invoke_async(&mut connection).await?;
        }
        Ok(())
    };
    timeout(patience, asking)
        .await
        .map_err(|_| RedisTrouble::Slow(patience))?
}

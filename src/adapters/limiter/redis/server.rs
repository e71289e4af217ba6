use std::{
    fmt,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ::redis::{
    AsyncConnectionConfig, Client, FromRedisValue, Script, ScriptInvocation,
    aio::MultiplexedConnection,
};
use arc_swap::ArcSwapOption;
use thiserror::Error;
use tokio::time::{sleep, timeout};

use super::{FallbackPolicy, RedisSettings, RedisUrl, limiter, settings::Time};
use crate::ports::LimitsHealth;

/// How often a server that is away is looked for.
const PROBED_EVERY: Duration = Duration::from_millis(500);
/// How long one look may take. No request waits for it.
const PROBE_PATIENCE: Duration = Duration::from_secs(2);

/// Why nothing was counted on Redis. Its text never holds a password.
#[derive(Debug, Error)]
pub enum RedisTrouble {
    #[error("no answer within {0:?}")]
    Slow(Duration),
    #[error(transparent)]
    Failed(#[from] ::redis::RedisError),
}

/// A Redis server on which limits are counted, and a circuit breaker before it:
/// after a failure nobody waits for it until it was found to count again.
pub struct RedisServer {
    client: Client,
    settings: RedisSettings,
    /// `None` while it is away.
    connection: ArcSwapOption<MultiplexedConnection>,
    fallback_decisions: AtomicU64,
    /// For the search, which must not keep alive what nobody uses any more.
    this: Weak<Self>,
}

impl RedisServer {
    /// Looks for the server at once, and again whenever it is lost. Must be
    /// called within a Tokio runtime.
    ///
    /// # Errors
    /// When no connection can ever be made: the certificates of the system
    /// cannot be read, say.
    pub fn start(settings: RedisSettings) -> Result<Arc<Self>, RedisTrouble> {
        let client = open(&settings.url)?;
        let server = Arc::new_cyclic(|this| Self {
            client,
            settings,
            connection: ArcSwapOption::empty(),
            fallback_decisions: AtomicU64::new(0),
            this: this.clone(),
        });
        tokio::spawn(search(server.this.clone(), Duration::ZERO));
        Ok(server)
    }

    /// Whether requests are counted there right now.
    pub fn counts(&self) -> bool {
        self.connection.load().is_some()
    }

    pub(super) fn time(&self) -> &Time {
        &self.settings.time
    }

    pub(super) fn key(&self, kind: &str, subject: impl fmt::Display) -> String {
        format!("{}{kind}:{subject}", self.settings.prefix)
    }

    /// What the script answers; where nothing does, what is to be done instead.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        invocation: &ScriptInvocation<'_>,
    ) -> Result<T, FallbackPolicy> {
        let Some(connection) = self.connection.load_full() else {
            return Err(self.fall_back());
        };
        let patience = self.settings.patience;
        match invoke(&connection, invocation, patience).await {
            Ok(answer) => Ok(answer),
            Err(trouble) => {
                self.lose(&connection, &trouble);
                Err(self.fall_back())
            }
        }
    }

    fn fall_back(&self) -> FallbackPolicy {
        self.fallback_decisions.fetch_add(1, Ordering::Relaxed);
        self.settings.fallback
    }

    /// Of many that fail at once, one tells it and has the server searched.
    fn lose(&self, connection: &Arc<MultiplexedConnection>, trouble: &RedisTrouble) {
        let before = self.connection.compare_and_swap(connection, None);
        if before
            .as_ref()
            .is_some_and(|it| Arc::ptr_eq(it, connection))
        {
            self.tell_loss(trouble);
            tokio::spawn(search(self.this.clone(), PROBED_EVERY));
        }
    }

    fn tell_loss(&self, trouble: &RedisTrouble) {
        tracing::warn!(
            server = %self.settings.url,
            error = trouble as &dyn std::error::Error,
            fallback = ?self.settings.fallback,
            "the limiter's Redis is away"
        );
    }

    async fn connect(&self) -> Result<MultiplexedConnection, RedisTrouble> {
        let connect = async {
            // The client's own time limits would be others than the settings'.
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(None)
                .set_response_timeout(None);
            let connection = self
                .client
                .get_multiplexed_async_connection_with_config(&config)
                .await?;
            // A server that only reads, or is full, does not count.
            let script = Script::new(limiter::SCRIPT);
            let key = self.key("probe", "");
            let mut invocation = script.key(key);
            limiter::add_args(&mut invocation, self.time(), limiter::PROBE);
            invoke::<Vec<u64>>(&connection, &invocation, PROBE_PATIENCE).await?;
            // It knows the script now. One that is always slow would be lost again
            // at the next request.
            invoke::<Vec<u64>>(&connection, &invocation, self.settings.patience).await?;
            Ok::<_, RedisTrouble>(connection)
        };
        timeout(PROBE_PATIENCE, connect)
            .await
            .unwrap_or(Err(RedisTrouble::Slow(PROBE_PATIENCE)))
    }
}

fn open(url: &RedisUrl) -> Result<Client, RedisTrouble> {
    // Named, so that TLS does not depend on what other crates choose; where one was
    // named before, it stays.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Ok(Client::open(url.connection_info())?)
}

async fn invoke<T: FromRedisValue>(
    connection: &MultiplexedConnection,
    invocation: &ScriptInvocation<'_>,
    patience: Duration,
) -> Result<T, RedisTrouble> {
    let mut connection = connection.clone();
    timeout(patience, invocation.invoke_async(&mut connection))
        .await
        .map_err(|_| RedisTrouble::Slow(patience))?
        .map_err(RedisTrouble::Failed)
}

/// Until it is found, or nobody asks for it any more.
async fn search(server: Weak<RedisServer>, mut pause: Duration) {
    let mut told = !pause.is_zero();
    loop {
        sleep(pause).await;
        pause = PROBED_EVERY;
        let Some(server) = server.upgrade() else {
            return;
        };
        match server.connect().await {
            Ok(connection) => {
                server.connection.store(Some(Arc::new(connection)));
                let fallback_decisions = server.fallback_decisions();
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

impl LimitsHealth for RedisServer {
    fn trouble(&self) -> Option<String> {
        let done = match self.settings.fallback {
            FallbackPolicy::Local => "this server counts on its own",
            FallbackPolicy::Deny => "requests that it would count are refused",
            FallbackPolicy::Allow => "requests pass uncounted",
        };
        (!self.counts()).then(|| format!("the limiter's Redis is away: {done}"))
    }

    fn fallback_decisions(&self) -> u64 {
        self.fallback_decisions.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for RedisServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisServer")
            .field("url", &self.settings.url)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

/// Whether limits could be counted there, and the version; for operators.
pub async fn examine_redis(url: RedisUrl) -> Result<String, RedisTrouble> {
    let settings = RedisSettings::new(url, FallbackPolicy::Deny);
    let client = open(&settings.url)?;
    let server = RedisServer {
        client,
        settings,
        connection: ArcSwapOption::empty(),
        fallback_decisions: AtomicU64::new(0),
        this: Weak::new(),
    };
    let mut connection = server.connect().await?;
    let mut ask = ::redis::cmd("INFO");
    let info: String = timeout(
        PROBE_PATIENCE,
        ask.arg("server").query_async(&mut connection),
    )
    .await
    .map_err(|_| RedisTrouble::Slow(PROBE_PATIENCE))??;
    let version = info
        .lines()
        .find_map(|line| line.strip_prefix("redis_version:"));
    Ok(version.unwrap_or("of unknown version").trim().to_owned())
}

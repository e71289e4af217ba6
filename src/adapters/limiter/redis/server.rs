use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ::redis::{Client, FromRedisValue, ScriptInvocation, aio::MultiplexedConnection};
use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use thiserror::Error;
use tokio::time::{Instant, timeout};

use super::{
    FallbackPolicy, RedisSettings,
    owed::{Ending, Owed},
    search::{PROBED_EVERY, open, probe, search},
    settings::Time,
};
use crate::{
    adapters::{system::timer_now, waiting},
    ports::LimitsHealth,
};

/// How often those who ask whether all is well make the server be asked.
const LOOKED_EVERY: Duration = Duration::from_secs(1);

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
    pub(super) client: Client,
    pub(super) settings: RedisSettings,
    /// `None` while it is away.
    pub(super) connection: ArcSwapOption<MultiplexedConnection>,
    looked: Mutex<Option<Instant>>,
    fallback_decisions: AtomicU64,
    pub(super) owed: Owed,
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
        let server = Arc::new_cyclic(|this| Self::new(client, settings, this.clone()));
        tokio::spawn(search(server.this.clone(), Duration::ZERO));
        Ok(server)
    }

    pub(super) fn new(client: Client, settings: RedisSettings, this: Weak<Self>) -> Self {
        Self {
            client,
            settings,
            connection: ArcSwapOption::empty(),
            looked: Mutex::default(),
            fallback_decisions: AtomicU64::new(0),
            owed: Owed::default(),
            this,
        }
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
    /// All questions of a request together wait no longer than the patience.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        invocation: &ScriptInvocation<'_>,
    ) -> Result<T, FallbackPolicy> {
        let Some(connection) = self.connection.load_full() else {
            return Err(self.fall_back());
        };
        let asked = timer_now();
        let answer = self.invoke(&connection, invocation).await;
        waiting::add(asked.elapsed());
        match answer {
            Ok(answer) => Ok(answer),
            Err(trouble) => {
                self.lose(&connection, &trouble);
                Err(self.fall_back())
            }
        }
    }

    async fn invoke<T: FromRedisValue>(
        &self,
        connection: &MultiplexedConnection,
        invocation: &ScriptInvocation<'_>,
    ) -> Result<T, RedisTrouble> {
        let patience = self.settings.patience;
        let left = patience.saturating_sub(waiting::so_far());
        let mut connection = connection.clone();
        timeout(left, invocation.invoke_async(&mut connection))
            .await
            .map_err(|_| RedisTrouble::Slow(patience))?
            .map_err(RedisTrouble::Failed)
    }

    /// Keeps what it could not be told of until it can. Where it was found again in
    /// between, that is now.
    pub(super) fn owe(&self, ending: Ending) {
        self.owed.note(ending);
        let (this, connection) = (self.this.upgrade(), self.connection.load_full());
        if let (Some(this), Some(connection)) = (this, connection) {
            tokio::spawn(async move { this.settle(&connection).await });
        }
    }

    /// Whether Redis was told of all that it is owed. Where not, nothing would be told
    /// until the next loss of the connection: it is lost now.
    pub(super) async fn settle(&self, connection: &Arc<MultiplexedConnection>) -> bool {
        let settled = self.owed.settle(self, connection).await;
        if let Err(trouble) = &settled {
            self.lose(connection, trouble);
        }
        settled.is_ok()
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

    pub(super) fn tell_loss(&self, trouble: &RedisTrouble) {
        tracing::warn!(
            server = %self.settings.url,
            error = trouble as &dyn std::error::Error,
            fallback = ?self.settings.fallback,
            "the limiter's Redis is away"
        );
    }
}

#[async_trait]
impl LimitsHealth for RedisServer {
    async fn look(&self) {
        let Some(connection) = self.connection.load_full() else {
            // It is looked for anyway.
            return;
        };
        {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            let now = timer_now();
            if looked.is_some_and(|looked| now - looked < LOOKED_EVERY) {
                return;
            }
            *looked = Some(now);
        }
        let answer = probe(self, &connection, self.settings.patience, 1).await;
        if let Err(trouble) = answer {
            self.lose(&connection, &trouble);
        }
    }

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

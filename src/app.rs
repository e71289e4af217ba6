//! The composition root: the only place that chooses the adapters of a server.

mod admin_use_cases;
mod auth_log;
mod http;
mod keys;
mod limits;
mod metrics;
mod startup_error;
mod use_cases;

use std::sync::Arc;

use crate::{
    adapters::{
        database::{
            Database, SqlAuditLog, SqlAuthEvents, SqlAuthLog, SqlClientStore, SqlInviteStore,
            SqlKeyStore, SqlKnownNetworks, SqlSessionStore, SqlUserRepo, check_schema,
            master_keys_in_use, migrate,
        },
        hasher::{Argon2Hasher, StartError},
        limiter::{LocalThrottle, MokaLimiter},
        strength::ZxcvbnMeter,
        system::{
            BlockingKeyGenerator, OsEntropy, SystemClock, create_private_dir, ensure_private_file,
        },
    },
    config::{Config, DatabaseUrl},
    crypto::{MasterKeys, envelope::OpenError},
    domain::AccessTokenPolicy,
    ports::{
        AccountThrottle, AuditLog, AuthEvents, AuthLog, ClientStore, Clock, Entropy, InviteStore,
        KeyGenerator, KeyStore, KnownNetworks, LimitsHealth, PasswordHasher, RateLimiter,
        SessionStore, Storage, StrengthMeter, UserRepo,
    },
    usecases::keys::{KeysError, UnopenedKeys},
};

pub use http::server_settings;
pub use metrics::measure_answers;
pub use startup_error::StartupError;

/// How many account names the throttle remembers.
const THROTTLED_NAMES: usize = 100_000;
/// How many passwords may wait for each meter: less than a second's work.
const RATED_PASSWORDS: usize = 64;

/// One adapter for every port.
#[derive(Clone)]
pub struct Ports {
    pub users: Arc<dyn UserRepo>,
    pub auth_log: Arc<dyn AuthLog>,
    pub auth_events: Arc<dyn AuthEvents>,
    pub known_networks: Arc<dyn KnownNetworks>,
    pub keys: Arc<dyn KeyStore>,
    pub sessions: Arc<dyn SessionStore>,
    pub clients: Arc<dyn ClientStore>,
    pub invites: Arc<dyn InviteStore>,
    pub audit_log: Arc<dyn AuditLog>,
    pub storage: Arc<dyn Storage>,
    pub hasher: Arc<dyn PasswordHasher>,
    /// The same, for those who measure it; `None` where it is another one.
    pub argon2: Option<Arc<Argon2Hasher>>,
    /// Of passwords that someone chooses.
    pub judging_meter: Arc<dyn StrengthMeter>,
    /// Of those that someone only asks about: a flood of them takes no place from
    /// the others.
    pub rating_meter: Arc<dyn StrengthMeter>,
    pub limiter: Arc<dyn RateLimiter>,
    pub throttle: Arc<dyn AccountThrottle>,
    /// `None` where both of these count in this process alone.
    pub limits_health: Option<Arc<dyn LimitsHealth>>,
    pub generator: Arc<dyn KeyGenerator>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

/// Opens the database of the configuration, making it where it is missing. Its
/// schema is left as it is.
pub async fn open_database(config: &Config) -> Result<Database, StartupError> {
    open_database_at(&config.database, config).await
}

/// The same of another database than the configured one.
pub async fn open_database_at(
    url: &DatabaseUrl,
    config: &Config,
) -> Result<Database, StartupError> {
    let path = match url {
        DatabaseUrl::Sqlite(path) => path,
        DatabaseUrl::Postgres(url) => {
            let opened = Database::open_postgres(url, config.database_limits).await;
            return opened.map_err(StartupError::OpenPostgres);
        }
    };
    let prepared = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => create_private_dir(dir),
        _ => Ok(()),
    };
    let name = || path.display().to_string();
    prepared
        .and_then(|()| ensure_private_file(path))
        .map_err(|error| StartupError::DatabaseFile {
            path: name(),
            error,
        })?;
    let opened = Database::open_sqlite(path).await;
    opened.map_err(|error| StartupError::OpenFile {
        path: name(),
        error,
    })
}

/// Refuses a master key that the stored signing keys do not want, before
/// anything is changed: a migration would lock the former version out.
pub async fn check_master_key(
    database: &Database,
    master_keys: &MasterKeys,
) -> Result<(), KeysError> {
    let wanted = master_keys_in_use(database).await?;
    let keys: Vec<_> = wanted
        .into_iter()
        .filter(|(_, id)| master_keys.get(*id).is_none())
        .map(|(kid, id)| (kid, OpenError::OtherMasterKey(id)))
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    Err(KeysError::Unopened(UnopenedKeys {
        master_keys: master_keys.ids().collect(),
        keys,
    }))
}

/// Brings the schema up to date, or only checks it where that is switched off.
pub async fn prepare_schema(database: &Database, config: &Config) -> Result<(), StartupError> {
    if config.migrate_on_start {
        let applied = migrate(database).await?;
        if applied > 0 {
            tracing::info!(applied, "migrated the database");
        }
    } else {
        check_schema(database).await?;
    }
    Ok(())
}

impl Ports {
    /// The adapters that a server runs on.
    pub fn for_serving(config: &Config, database: &Database) -> Result<Self, StartupError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
        let backend = config.argon2_backend.resolve_here();
        let backend = backend.map_err(StartError::from)?;
        tracing::info!(%backend, "Argon2 makes the known hashes, and verifies with this backend");
        let hasher = Argon2Hasher::new(
            config.argon2,
            config.hash_pool,
            backend,
            clock.clone(),
            entropy.clone(),
        )?;
        let hasher = Arc::new(hasher);
        Ok(Self {
            users: Arc::new(SqlUserRepo::new(database.clone())),
            auth_log: Arc::new(SqlAuthLog::new(database.clone())),
            auth_events: Arc::new(SqlAuthEvents::new(database.clone())),
            known_networks: Arc::new(SqlKnownNetworks::new(database.clone())),
            keys: Arc::new(SqlKeyStore::new(database.clone())),
            sessions: Arc::new(SqlSessionStore::new(database.clone())),
            clients: Arc::new(SqlClientStore::new(database.clone())),
            invites: Arc::new(SqlInviteStore::new(database.clone())),
            audit_log: Arc::new(SqlAuditLog::new(database.clone())),
            storage: Arc::new(database.clone()),
            hasher: hasher.clone(),
            argon2: Some(hasher),
            judging_meter: Arc::new(ZxcvbnMeter::new(RATED_PASSWORDS)),
            rating_meter: Arc::new(ZxcvbnMeter::new(RATED_PASSWORDS)),
            limiter: Arc::new(MokaLimiter::new(config.rate_limit_clients, clock.clone())),
            throttle: Arc::new(LocalThrottle::new(THROTTLED_NAMES, clock.clone())),
            limits_health: None,
            generator: Arc::new(BlockingKeyGenerator),
            clock,
            entropy,
        })
    }
}

/// The tokens' common claims; `origin` is the server's own URL, which stands in
/// for an issuer that is not configured.
pub fn access_token_policy(config: &Config, origin: String) -> AccessTokenPolicy {
    let issuer = config.issuer.clone().unwrap_or(origin);
    let audience = if config.audience.is_empty() {
        vec![issuer.clone()]
    } else {
        config.audience.clone()
    };
    AccessTokenPolicy {
        issuer,
        audience: audience.into(),
        client_id: config.client_id.clone(),
        lifetime: config.access_token_ttl,
    }
}

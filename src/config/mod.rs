//! Defaults < `signet.toml` < environment < flags, into one typed [`Config`].
//! What is wrong is refused with the setting's name, before anything starts.

mod accounts;
mod connections;
mod database;
mod database_url;
mod error;
mod forms;
mod limits;
mod master_key;
mod operations;
mod reading;
mod sessions;
mod setting;
mod settings;
mod sources;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use crate::{
    adapters::{
        database::PostgresLimits,
        hasher::{BackendChoice, PoolSettings},
        http::{ClientIpPolicy, ConnectionBounds, DrainTimings, TlsFiles},
        limiter::{FallbackPolicy, RedisUrl},
    },
    domain::{
        Argon2Params, KeyTimings, PasswordPolicy, RegistrationMode, RsaKeySize, SessionTerms,
        SigningAlgorithm,
    },
    usecases::RateLimits,
};

pub use database_url::DatabaseUrl;
pub use error::ConfigError;
pub use master_key::{MasterKeyError, MasterKeySource};
pub use setting::Setting;
pub use settings::{SETTING_GROUPS, SettingGroup, settings};
pub use sources::{Environment, Flags, Sources, Values};

/// Where `serve --dev` keeps its database and master key.
pub const DEV_DIR: &str = "signet-dev";

/// Everything that the server is told, checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    pub database: DatabaseUrl,
    /// Of SQLite none counts.
    pub database_limits: PostgresLimits,
    /// `None`: `http://`, or with TLS `https://`, and the address that the server
    /// listens on.
    pub issuer: Option<String>,
    /// Empty: the issuer.
    pub audience: Vec<String>,
    pub client_id: String,
    pub access_token_ttl: Duration,
    /// Of keys that are made from now on; stored ones keep theirs.
    pub signing_algorithm: SigningAlgorithm,
    pub key_bits: RsaKeySize,
    pub key_timings: KeyTimings,
    pub session_terms: SessionTerms,
    pub registration: RegistrationMode,
    pub password_policy: PasswordPolicy,
    pub auth_log_retention: Duration,
    pub audit_log_retention: Duration,
    pub argon2: Argon2Params,
    pub argon2_backend: BackendChoice,
    pub hash_pool: PoolSettings,
    pub rate_limits: RateLimits,
    pub rate_limit_clients: u64,
    /// `None`: limits are counted in the server's own memory.
    pub limiter_url: Option<RedisUrl>,
    pub limiter_fallback: FallbackPolicy,
    /// Whether consecutive failures delay an account name.
    pub account_throttle: bool,
    pub client_ip: ClientIpPolicy,
    pub cors_origins: Vec<String>,
    /// `None`: HTTP is spoken without TLS.
    pub tls: Option<TlsFiles>,
    pub connections: ConnectionBounds,
    pub drain_timings: DrainTimings,
    pub migrate_on_start: bool,
    /// A filter of the `tracing-subscriber` crate.
    pub log: String,
    /// Whether there is a line in the log for every request.
    pub access_log: bool,
    /// `None`: nothing is measured.
    pub metrics_listen: Option<SocketAddr>,
}

impl Config {
    /// Reads and checks all settings. In dev mode the data folder is
    /// [`DEV_DIR`] whatever the settings say, and weak Argon2 parameters pass.
    pub fn load(sources: &Sources, dev: bool) -> Result<Self, ConfigError> {
        let values = sources.read()?;
        let data_dir = if dev {
            PathBuf::from(DEV_DIR)
        } else {
            PathBuf::from(values.text("data_dir")?)
        };
        let file = data_dir.join("signet.db");
        let database = if dev {
            DatabaseUrl::Sqlite(file)
        } else {
            database::url(&values, file)?
        };
        let access_token_ttl = reading::access_token_ttl(&values)?;
        let client_ip = reading::client_ip(&values)?;
        Ok(Self {
            listen: forms::address(&values, "listen")?,
            database_limits: database::limits(&values, &database, dev)?,
            database,
            issuer: reading::issuer(&values)?,
            audience: values.list("audience")?,
            client_id: reading::client_id(&values)?,
            access_token_ttl,
            key_timings: reading::key_timings(&values, access_token_ttl)?,
            signing_algorithm: reading::signing_algorithm(&values)?,
            key_bits: reading::key_bits(&values)?,
            session_terms: sessions::terms(&values, access_token_ttl)?,
            registration: accounts::registration(&values)?,
            password_policy: accounts::password_policy(&values)?,
            auth_log_retention: reading::retention(&values, "auth_log_retention")?,
            audit_log_retention: reading::retention(&values, "audit_log_retention")?,
            argon2: reading::argon2(&values, dev)?,
            argon2_backend: values
                .check("argon2_backend", values.text("argon2_backend")?.parse())?,
            hash_pool: reading::hash_pool(&values)?,
            rate_limits: limits::rate_limits(&values)?,
            limiter_url: limits::url(&values)?,
            limiter_fallback: limits::fallback(&values)?,
            rate_limit_clients: forms::number(&values, "rate_limit_clients", 1_000..=100_000_000)?,
            account_throttle: forms::switch(&values, "account_throttle")?,
            tls: connections::tls(&values)?,
            connections: connections::bounds(&values, &client_ip)?,
            drain_timings: connections::drain_timings(&values)?,
            client_ip,
            cors_origins: reading::cors_origins(&values)?,
            migrate_on_start: values.parse("migrate_on_start", "true or false")?,
            log: values.text("log")?,
            access_log: forms::switch(&values, "access_log")?,
            metrics_listen: operations::metrics_listen(&values)?,
        })
    }
}

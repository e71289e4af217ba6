use std::{
    error::Error, fmt::Debug, io, panic::AssertUnwindSafe, path::Path, sync::Arc, time::Duration,
};

use clap::Args;
use futures_util::FutureExt;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinSet,
    time::MissedTickBehavior,
};

use super::{dev, error::CliError, logging, master_key_source, runtime};
use crate::{
    adapters::http,
    app::{
        Ports, StartupError, access_token_policy, check_master_key, open_database, prepare_schema,
    },
    config::{Config, DEV_DIR, Sources},
    crypto::MasterKeys,
    ports::StorageError,
    usecases::{
        AdmitRequest, audit::PurgeAuditEvents, auth_log::PurgeAuthEvents, keys::MaintainKeys,
        sessions::PurgeExpired,
    },
};

pub(super) const EXAMPLES: &str = "\
Examples:
  signet serve --dev
  NOT_MY_KEY_FILE=/etc/signet/master.key signet serve --data-dir /var/lib/signet";

const REFUSALS_LOGGED_EVERY: Duration = Duration::from_mins(1);
const PURGED_EVERY: Duration = Duration::from_mins(1);

#[derive(Args)]
pub(super) struct ServeArgs {
    /// Try Signet out: keep database and a generated master key in ./signet-dev
    #[arg(long, conflicts_with_all = ["data_dir", "database_url"])]
    dev: bool,
    /// Listen on this address and port
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Keep the database in this folder
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// Keep the state in this database, as `sqlite:PATH` or `postgres://HOST/DATABASE`
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

pub(super) fn run(mut sources: Sources, args: &ServeArgs) -> Result<(), CliError> {
    for (name, value) in [
        ("listen", &args.listen),
        ("data_dir", &args.data_dir),
        ("database_url", &args.database_url),
    ] {
        if let Some(value) = value {
            sources.flags.insert(name, value.clone());
        }
    }
    let config = Config::load(&sources, args.dev)?;
    let master_keys = if args.dev {
        let key = dev::master_key(Path::new(DEV_DIR)).map_err(CliError::failure)?;
        MasterKeys::new(key, Vec::new())
    } else {
        master_key_source().read()?
    };
    logging::init(&config)?;
    runtime()?.block_on(serve(&config, Arc::new(master_keys), args.dev))
}

async fn serve(config: &Config, master_keys: Arc<MasterKeys>, dev: bool) -> Result<(), CliError> {
    let mut stop = StopSignals::new().map_err(CliError::failure)?;
    let database = open_database(config).await?;
    tracing::info!(database = %config.database, "database opened");
    check_master_key(&database, &master_keys).await?;
    prepare_schema(&database, config).await?;
    let mut ports = Ports::for_serving(config, &database)?;
    ports.share_limits(config)?;
    let maintain_keys = Arc::new(ports.maintain_keys(config, &master_keys));
    let loaded = maintain_keys.run().await?;
    tracing::info!(kid = %loaded.active.kid(), "signing key loaded");
    let mut background = JoinSet::new();
    background.spawn(keep_maintaining(maintain_keys.clone()));
    background.spawn(keep_purging(
        ports.purge_expired(),
        ports.purge_auth_events(config),
        ports.purge_audit_events(config),
    ));

    let listener = TcpListener::bind(config.listen).await.map_err(|e| {
        CliError::failure(io::Error::new(
            e.kind(),
            format!("cannot listen on {}: {e}", config.listen),
        ))
    })?;
    let address = listener.local_addr().map_err(CliError::failure)?;
    let origin = format!("http://{address}");
    let policy = access_token_policy(config, origin.clone());
    let usecases = ports.use_cases(config, policy, &maintain_keys);
    background.spawn(log_refusals(usecases.admit_request.clone()));
    if dev {
        announce(&origin);
    }
    tracing::info!(%address, "listening");
    let endpoint = http::endpoint(usecases, ports.http_settings(config));
    http::serve(listener, endpoint, async move { stop.received().await })
        .await
        .map_err(CliError::failure)?;
    // None of it may find the database closed.
    background.shutdown().await;
    database.close().await.map_err(StartupError::from)?;
    tracing::info!("stopped");
    Ok(())
}

fn announce(origin: &str) {
    println!(
        "Signet is listening.\n\
         \n  API    {origin}\
         \n  Docs   {origin}/docs\
         \n  JWKS   {origin}/.well-known/jwks.json\n"
    );
    tracing::warn!(
        "development mode: the master key lies beside the database in ./{DEV_DIR}; \
         not for production"
    );
}

/// Rereads the key set, and does what is due, again and again.
async fn keep_maintaining(maintain_keys: Arc<MaintainKeys>) {
    let mut ticks = tokio::time::interval(maintain_keys.timings.refresh);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match unless_it_panics(maintain_keys.run()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(
                error = &error as &dyn Error,
                "cannot reread the signing keys"
            ),
            Err(_) => tracing::error!("rereading the signing keys panicked"),
        }
    }
}

/// Deletes what has expired, now and then.
async fn keep_purging(
    purge_expired: PurgeExpired,
    purge_auth_events: PurgeAuthEvents,
    purge_audit_events: PurgeAuditEvents,
) {
    let mut ticks = tokio::time::interval(PURGED_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        purge("what has expired", purge_expired.run()).await;
        purge("the auth log", purge_auth_events.run()).await;
        purge("the audit log", purge_audit_events.run()).await;
    }
}

async fn purge<T: Debug>(what: &str, work: impl Future<Output = Result<T, StorageError>>) {
    match unless_it_panics(work).await {
        Ok(Ok(deleted)) => tracing::debug!(?deleted, "purged {what}"),
        Ok(Err(error)) => tracing::error!(error = &error as &dyn Error, "cannot purge {what}"),
        Err(_) => tracing::error!("purging {what} panicked"),
    }
}

/// A panic must not end what a server does again and again.
async fn unless_it_panics<T>(work: impl Future<Output = T>) -> std::thread::Result<T> {
    AssertUnwindSafe(work).catch_unwind().await
}

/// Tells now and then how many requests the rate limit refused. They are not
/// logged one by one: a flood must not become a flood of log lines.
async fn log_refusals(admit_request: Arc<AdmitRequest>) {
    let mut ticks = tokio::time::interval(REFUSALS_LOGGED_EVERY);
    let mut before = 0;
    loop {
        ticks.tick().await;
        let total = admit_request.refused();
        if total > before {
            tracing::warn!(
                refused = total - before,
                total,
                "the rate limit refused requests"
            );
            before = total;
        }
    }
}

/// SIGTERM or SIGINT.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        tracing::info!("stopping");
    }
}

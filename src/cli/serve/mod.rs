mod background;
mod certificate;
mod listening;
mod measured;
mod new_database;
mod signals;

use std::{path::Path, sync::Arc, time::Duration};

use clap::Args;
use tokio::task::JoinSet;

use self::{
    certificate::Certificate,
    listening::{allow_connections, listen},
    measured::Measured,
    new_database::NewDatabase,
    signals::StopSignals,
};
use super::{dev, error::CliError, logging, master_key_source, runtime, session::write};
use crate::{
    adapters::{database::Database, http},
    app::{
        Ports, StartupError, access_token_policy, check_master_key, open_database, prepare_schema,
        server_settings,
    },
    config::{Config, DEV_DIR, Sources},
    crypto::MasterKeys,
    usecases::keys::MaintainKeys,
};

/// How long the database may take to close. Everything is answered by then, and a
/// disk or a PostgreSQL that hangs is not to keep the process.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

pub(super) const EXAMPLES: &str = "\
Examples:
  signet serve --dev
  NOT_MY_KEY_FILE=/etc/signet/master.key signet serve --data-dir /var/lib/signet";

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
    let runtime = runtime()?;
    let ended = runtime.block_on(serve(&config, Arc::new(master_keys), args.dev));
    // A name that is looked up just now, say, is not waited for.
    runtime.shutdown_background();
    ended
}

async fn serve(config: &Config, master_keys: Arc<MasterKeys>, dev: bool) -> Result<(), CliError> {
    let mut stop = StopSignals::new().map_err(CliError::failure)?;
    let server = tokio::select! {
        server = Prepared::from(config, master_keys, dev) => server?,
        // What it had begun is undone, as after any end.
        () = stop.received() => {
            tracing::info!("stopped before it listened");
            return Ok(());
        }
    };
    server.run(config, dev, stop).await
}

/// A server that has read all that it needs.
struct Prepared {
    certificate: Option<Certificate>,
    measured: Option<Measured>,
    database: Database,
    ports: Ports,
    maintain_keys: Arc<MaintainKeys>,
}

impl Prepared {
    async fn from(
        config: &Config,
        master_keys: Arc<MasterKeys>,
        dev: bool,
    ) -> Result<Self, CliError> {
        let certificate = Certificate::load(config)?;
        allow_connections(config.connections.max_connections);
        let mut measured = match config.metrics_listen {
            Some(address) => Some(Measured::on(address).await?),
            None => None,
        };
        let new = NewDatabase::at(&config.database).filter(|_| !dev);
        let database = open_database(config).await?;
        tracing::info!(database = %config.database, "database opened");
        check_master_key(&database, &master_keys).await?;
        prepare_schema(&database, config).await?;
        if let Some(new) = new {
            new.warn();
        }
        let mut ports = Ports::for_serving(config, &database)?;
        ports.share_limits(config, &master_keys)?;
        if let Some(measured) = &mut measured {
            measured.measure(&mut ports);
            if let Some(certificate) = &certificate {
                measured.watch_certificate(&certificate.identity);
            }
        }
        let maintain_keys = Arc::new(ports.maintain_keys(config, &master_keys));
        let loaded = maintain_keys.run().await?;
        tracing::info!(kid = %loaded.active.kid(), "signing key loaded");
        Ok(Self {
            certificate,
            measured,
            database,
            ports,
            maintain_keys,
        })
    }

    async fn run(self, config: &Config, dev: bool, stop: StopSignals) -> Result<(), CliError> {
        let Self {
            certificate,
            measured,
            database,
            ports,
            maintain_keys,
        } = self;
        let mut background = JoinSet::new();
        background.spawn(background::keep_maintaining(maintain_keys.clone()));
        background.spawn(background::keep_purging(
            ports.purge_expired(),
            ports.purge_auth_events(config),
            ports.purge_audit_events(config),
        ));
        let listener = listen(config.listen, "SIGNET_LISTEN or --listen").await?;
        let address = listener.local_addr().map_err(CliError::failure)?;
        let scheme = if certificate.is_some() {
            "https"
        } else {
            "http"
        };
        let origin = format!("{scheme}://{address}");
        let policy = access_token_policy(config, origin.clone());
        let usecases = ports.use_cases(config, policy, &maintain_keys);
        background.spawn(background::log_refusals(usecases.admit_request.clone()));
        if dev {
            announce(&origin);
        }
        if certificate.is_none() && !address.ip().is_loopback() {
            tracing::warn!(
                "listening without TLS: passwords and tokens can be read on the way, unless a \
                 proxy in front speaks TLS; set SIGNET_TLS_CERT and SIGNET_TLS_KEY"
            );
        }
        let identity = certificate.map(|certificate| {
            let identity = certificate.identity.clone();
            background.spawn(certificate.keep_reloading(ports.clock.clone()));
            identity
        });
        let mut settings = ports.http_settings(config);
        let metrics =
            measured.map(|it| it.start(&database, &maintain_keys, &usecases, &mut settings));
        let server = server_settings(config, &settings, identity);
        let told_twice = tokio::spawn(signals::obey(stop, server.drain.clone()));
        tracing::info!(%address, "listening");
        http::serve(listener, http::endpoint(usecases, settings), server)
            .await
            .map_err(CliError::failure)?;
        let end = tokio::time::timeout(ENDS_WITHIN, async {
            // None of it may find the database closed.
            background.shutdown().await;
            database.close().await.map_err(StartupError::from)?;
            if let Some(metrics) = metrics {
                metrics.stop().await;
            }
            Ok::<_, CliError>(())
        });
        tokio::select! {
            biased;
            ended = end => {
                if let Ok(ended) = ended {
                    ended?;
                } else {
                    tracing::warn!("the database did not close in time; what was committed is safe");
                }
            }
            _ = told_twice => {}
        }
        tracing::info!("stopped");
        Ok(())
    }
}

fn announce(origin: &str) {
    let banner = format!(
        "Signet is listening.\n\
         \n  API    {origin}\
         \n  Docs   {origin}/docs\
         \n  JWKS   {origin}/.well-known/jwks.json\n\n"
    );
    // Who does not read it wants the server all the same.
    let _ = write(&banner);
    tracing::warn!(
        "development mode: the master key lies beside the database in ./{DEV_DIR}; \
         not for production"
    );
}

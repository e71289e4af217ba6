//! The certificate that a server shows its clients, through its renewals.

use std::{error::Error, sync::Arc, time::Duration};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::{MissedTickBehavior, interval},
};

use super::super::error::CliError;
use crate::{
    adapters::{
        http::{TlsIdentity, TlsPairError, Validity},
        system::SystemClock,
    },
    app::StartupError,
    config::Config,
    ports::Clock,
};

const LOOKED_AT_EVERY: Duration = Duration::from_secs(5);

/// With the signal that asks for the files to be read again: from now on, while the
/// start still waits for the database, too.
pub(super) struct Certificate {
    pub(super) identity: Arc<TlsIdentity>,
    hangups: Signal,
}

impl Certificate {
    /// `None` where the server is to speak HTTP without TLS.
    pub(super) fn load(config: &Config) -> Result<Option<Self>, CliError> {
        let Some(files) = &config.tls else {
            return Ok(None);
        };
        let identity = TlsIdentity::load(files.clone()).map_err(StartupError::from)?;
        tell_of(&identity.validity(), &SystemClock::new());
        let hangups = signal(SignalKind::hangup()).map_err(CliError::failure)?;
        Ok(Some(Self { identity, hangups }))
    }

    /// Rereads the files when they change, and at every SIGHUP.
    pub(super) async fn keep_reloading(mut self, clock: Arc<dyn Clock>) {
        let mut ticks = interval(LOOKED_AT_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let asked = tokio::select! {
                _ = ticks.tick() => false,
                _ = self.hangups.recv() => true,
            };
            let identity = self.identity.clone();
            match tokio::task::spawn_blocking(move || identity.reload()).await {
                Ok(Some(loaded)) => tell(loaded, &*clock),
                Ok(None) if asked => tracing::info!("the TLS certificate's files have not changed"),
                Ok(None) => {}
                Err(_) => tracing::error!("rereading the TLS certificate panicked"),
            }
        }
    }
}

fn tell(loaded: Result<Validity, TlsPairError>, clock: &dyn Clock) {
    match loaded {
        Ok(validity) => tell_of(&validity, clock),
        Err(error) => tracing::error!(
            error = &error as &dyn Error,
            "cannot use the new TLS certificate; the former one stays"
        ),
    }
}

/// A certificate that clients refuse is no reason not to start: they may be told
/// not to mind.
fn tell_of(validity: &Validity, clock: &dyn Clock) {
    let until = validity.until.to_rfc3339();
    if let Some(trouble) = validity.trouble(clock.now()) {
        tracing::warn!(until, "the TLS certificate {trouble}");
    } else {
        tracing::info!(until, "TLS certificate loaded");
    }
}

//! The certificate that a server shows its clients, through its renewals.

use std::{error::Error, sync::Arc, time::Duration};

use tokio::{
    signal::unix::Signal,
    time::{MissedTickBehavior, interval},
};

use crate::{
    adapters::http::{TlsIdentity, TlsPairError, Validity},
    ports::Clock,
};

const LOOKED_AT_EVERY: Duration = Duration::from_secs(5);

/// Rereads the certificate's files when they change, and at every SIGHUP.
pub(super) async fn keep_reloading(
    identity: Arc<TlsIdentity>,
    clock: Arc<dyn Clock>,
    mut hangups: Signal,
) {
    let mut ticks = interval(LOOKED_AT_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let asked = tokio::select! {
            _ = ticks.tick() => false,
            _ = hangups.recv() => true,
        };
        let identity = identity.clone();
        match tokio::task::spawn_blocking(move || identity.reload()).await {
            Ok(Some(loaded)) => tell(loaded, &*clock),
            Ok(None) if asked => tracing::info!("the TLS certificate's files have not changed"),
            Ok(None) => {}
            Err(_) => tracing::error!("rereading the TLS certificate panicked"),
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
pub(super) fn tell_of(validity: &Validity, clock: &dyn Clock) {
    let until = validity.until.to_rfc3339();
    if let Some(trouble) = validity.trouble(clock.now()) {
        tracing::warn!(until, "the TLS certificate {trouble}");
    } else {
        tracing::info!(until, "TLS certificate loaded");
    }
}

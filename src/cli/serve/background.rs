//! What a server does again and again beside its requests.

use std::{fmt::Debug, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::time::MissedTickBehavior;

use crate::{
    ports::{StorageError, in_full},
    usecases::{
        AdmitRequest, audit::PurgeAuditEvents, auth_log::PurgeAuthEvents, keys::MaintainKeys,
        sessions::PurgeExpired,
    },
};

const REFUSALS_LOGGED_EVERY: Duration = Duration::from_mins(1);
const PURGED_EVERY: Duration = Duration::from_mins(1);

/// Rereads the key set, and does what is due, again and again. The caller has just done so:
/// the first time is one interval from now.
pub(super) async fn keep_maintaining(maintain_keys: Arc<MaintainKeys>) {
    let mut ticks = tokio::time::interval(maintain_keys.timings.refresh);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset();
    loop {
        ticks.tick().await;
        match unless_it_panics(maintain_keys.run()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::error!(error = in_full(&error), "cannot reread the signing keys");
            }
            Err(_) => tracing::error!("rereading the signing keys panicked"),
        }
    }
}

/// Deletes what has expired, now and then.
pub(super) async fn keep_purging(
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
        Ok(Err(error)) => tracing::error!(error = in_full(&error), "cannot purge {what}"),
        Err(_) => tracing::error!("purging {what} panicked"),
    }
}

/// A panic must not end what a server does again and again.
async fn unless_it_panics<T>(work: impl Future<Output = T>) -> std::thread::Result<T> {
    AssertUnwindSafe(work).catch_unwind().await
}

/// Tells now and then how many requests the rate limit refused. They are not
/// logged one by one: a flood must not become a flood of log lines.
pub(super) async fn log_refusals(admit_request: Arc<AdmitRequest>) {
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

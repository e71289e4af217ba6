use super::LoadedKeys;
use crate::domain::{KeyChange, KeySet, KeyState, KeyTimings};

/// What this server changed.
pub(super) fn log_change(change: &KeyChange) {
    match change {
        KeyChange::Begin { active, next } => tracing::warn!(
            active = %active.record.kid,
            next = %next.record.kid,
            "the first signing keys were made: the active one signs without having been \
             published before"
        ),
        KeyChange::Promote {
            active,
            next,
            new_next,
            ..
        } => tracing::info!(
            retired = %active,
            active = %next,
            next = %new_next.record.kid,
            "signing keys rotated"
        ),
        KeyChange::AddRefreshKey { key, .. } => {
            tracing::info!(id = %key.record.id, signs_from = %key.signs_from, "refresh key made");
        }
        KeyChange::ExpireRefreshKeys { before } => {
            tracing::info!(%before, "outdated refresh keys deleted");
        }
        KeyChange::Expire { kid, .. } => tracing::info!(%kid, "retired signing key expired"),
        _ => {}
    }
}

/// Tells that this server signs with another key than before by the doing of
/// others, and when that is so before every verifier can know it.
pub(super) fn log_active(set: &KeySet, timings: KeyTimings, loaded: Option<&LoadedKeys>) {
    let Some(active) = set.in_state(KeyState::Active) else {
        return;
    };
    let former = loaded.and_then(|loaded| loaded.active.as_ref());
    let kid = &active.record.kid;
    if former.is_none_or(|former| former.kid() == kid) {
        return;
    }
    let known_from = set.may_sign_from(active, timings);
    if active.life.activated_at < Some(known_from) {
        tracing::warn!(
            %kid,
            %known_from,
            "another signing key is active, earlier than by the rules: its predecessor was \
             revoked, and some verifiers do not know it yet"
        );
    } else {
        tracing::info!(%kid, "another signing key is active");
    }
}

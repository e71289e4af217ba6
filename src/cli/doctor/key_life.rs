//! The arithmetic of a key's life, with the dates that follow from it.

use std::time::Duration;

use chrono::SecondsFormat;
use humantime::format_duration;

use super::report::Check;
use crate::domain::{KeySet, KeyState, KeyTimings, StoredKey, Timestamp};

const OVERDUE: &str = "check that a server runs with these settings and rereads its keys: \
                       /health/ready and its log tell";

pub(super) fn check(timings: KeyTimings, set: Option<&KeySet>, now: Timestamp) -> Vec<Check> {
    let mut checks = vec![publish_ahead(timings)];
    let key = |state| set?.in_state(state);
    if let (Some(active), Some(next)) = (key(KeyState::Active), key(KeyState::Next)) {
        let allowed = set.map(|set| set.may_sign_from(next, timings));
        checks.extend(allowed.map(|allowed| rotation(timings, active, allowed, now)));
    }
    checks.push(retention(timings, set, now));
    checks
}

fn publish_ahead(timings: KeyTimings) -> Check {
    let found = format!(
        "a next key is published {} before it signs: JWKS max-age {} + staleness {} + clock skew \
         {} + commit delay {}",
        format_duration(timings.publish_ahead()),
        format_duration(timings.jwks_max_age),
        format_duration(timings.staleness),
        format_duration(timings.clock_skew),
        format_duration(KeyTimings::COMMIT_DELAY),
    );
    Check::ok("publish-ahead", found)
}

fn rotation(timings: KeyTimings, active: &StoredKey, allowed: Timestamp, now: Timestamp) -> Check {
    let due = active.life.rotation_due_at(timings);
    let found = format!(
        "due at {}, {} after the active key began to sign; the next key may sign from {}",
        shown(due),
        format_duration(timings.rotation_interval),
        shown(allowed),
    );
    if is_overdue(due.max(allowed), timings, now) {
        Check::warn("rotation", format!("overdue: {found}"), OVERDUE)
    } else {
        Check::ok("rotation", found)
    }
}

fn retention(timings: KeyTimings, set: Option<&KeySet>, now: Timestamp) -> Check {
    let active = set.and_then(|set| set.in_state(KeyState::Active));
    let longest = active.map_or(Duration::ZERO, |key| key.life.longest_lifetime);
    let lifetime = longest.max(timings.token_lifetime);
    let (signs, published) = (
        timings.signs_after_retirement(),
        timings.published_after_expiry(),
    );
    let mut found = format!(
        "a retired key stays published {}: {} in which some server may still sign with it \
         (staleness + clock skew + commit delay) + token lifetime {} + {} (staleness + clock skew)",
        format_duration(signs + lifetime + published),
        format_duration(signs),
        format_duration(lifetime),
        format_duration(published),
    );
    let mut overdue = false;
    let keys = set.map_or(&[][..], KeySet::keys);
    let retired = keys.iter().filter(|k| k.life.state == KeyState::Retired);
    for key in retired {
        if let Some(until) = key.life.may_expire_from(timings) {
            found = format!("{found}; {} until {}", key.record.kid, shown(until));
            overdue |= is_overdue(until, timings, now);
        }
    }
    if overdue {
        Check::warn("retention", format!("overdue: {found}"), OVERDUE)
    } else {
        Check::ok("retention", found)
    }
}

/// A running server does what is due at its next rereading.
fn is_overdue(at: Timestamp, timings: KeyTimings, now: Timestamp) -> bool {
    at + timings.staleness < now
}

fn shown(time: Timestamp) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

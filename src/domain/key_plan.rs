use super::{KeyId, KeySet, KeyState, KeyTimings, RefreshKeyId, Timestamp};

/// A change of the key set that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStep {
    /// There is no key at all: make the first two.
    Begin,
    /// The next key takes over from the active one, and a new next key is made.
    Promote { active: KeyId, next: KeyId },
    /// No token of this retired key can be alive: unpublish it.
    Expire(KeyId),
    /// There is no refresh key at all: make the first.
    BeginRefreshKeys,
    /// Make a refresh key that follows this one.
    AddRefreshKey { latest: RefreshKeyId },
    /// No token of the refresh keys before this one can be of use: delete them.
    ExpireRefreshKeys { before: RefreshKeyId },
}

impl KeyStep {
    /// Whether a key is made for it.
    pub fn makes_a_key(&self) -> bool {
        match self {
            Self::Begin
            | Self::Promote { .. }
            | Self::BeginRefreshKeys
            | Self::AddRefreshKey { .. } => true,
            Self::Expire(_) | Self::ExpireRefreshKeys { .. } => false,
        }
    }
}

/// The changes that are due at `now`, the most urgent one first. Servers whose
/// clocks agree plan the same, and the store lets only one of them carry it out.
pub fn due_steps(
    set: &KeySet,
    timings: KeyTimings,
    now: Timestamp,
) -> impl Iterator<Item = KeyStep> {
    let begin = set.keys().is_empty().then_some(KeyStep::Begin);
    let steps = [
        promotion(set, timings, now),
        expiry(set, timings, now),
        refresh_key_step(set, timings, now),
    ];
    begin.into_iter().chain(steps.into_iter().flatten())
}

/// When the next key takes over from the active one: not before every verifier
/// can know it.
pub fn rotates_at(set: &KeySet, timings: KeyTimings) -> Option<Timestamp> {
    let active = set.in_state(KeyState::Active)?;
    let next = set.in_state(KeyState::Next)?;
    let due = active.life.rotation_due_at(timings);
    Some(due.max(set.may_sign_from(next, timings)))
}

fn promotion(set: &KeySet, timings: KeyTimings, now: Timestamp) -> Option<KeyStep> {
    let active = set.in_state(KeyState::Active)?;
    let next = set.in_state(KeyState::Next)?;
    let due = rotates_at(set, timings)? <= now;
    due.then(|| KeyStep::Promote {
        active: active.record.kid.clone(),
        next: next.record.kid.clone(),
    })
}

fn expiry(set: &KeySet, timings: KeyTimings, now: Timestamp) -> Option<KeyStep> {
    set.keys()
        .iter()
        .filter(|key| key.life.state == KeyState::Retired)
        .find(|key| {
            key.life
                .may_expire_from(timings)
                .is_some_and(|at| at <= now)
        })
        .map(|key| KeyStep::Expire(key.record.kid.clone()))
}

fn refresh_key_step(set: &KeySet, timings: KeyTimings, now: Timestamp) -> Option<KeyStep> {
    let Some((latest, former)) = set.refresh_keys().split_last() else {
        return Some(KeyStep::BeginRefreshKeys);
    };
    let latest_id = latest.record.id;
    if latest.rotation_due_at(timings) <= now {
        return Some(KeyStep::AddRefreshKey { latest: latest_id });
    }
    let still_signing = set.still_signing(timings);
    let following = |index: usize| former.get(index + 1).unwrap_or(latest);
    let outdated = former
        .iter()
        .enumerate()
        .take_while(|(index, _)| following(*index).outdates_others_from(still_signing) <= now)
        .count();
    let before = following(outdated.checked_sub(1)?).record.id;
    Some(KeyStep::ExpireRefreshKeys { before })
}

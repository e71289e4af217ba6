use std::collections::BTreeSet;

use super::{Act, AuditAction, AuditEvent, AuditTarget, Field, KeySet, KeyState, Snapshot};

/// What a person does to the keys: what an audit event says besides the change
/// itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAct {
    pub act: Act,
    pub action: AuditAction,
    pub target: AuditTarget,
}

impl KeyAct {
    /// Of a change of the set from `before` to `after`.
    pub fn event(&self, before: &KeySet, after: &KeySet) -> AuditEvent {
        let (before, after) = (before.snapshot(), after.snapshot());
        (self.act).changed(self.action, self.target.clone(), before, after)
    }
}

impl KeySet {
    /// Which keys there are and what they are to each other. Those that have
    /// expired are history.
    fn snapshot(&self) -> Snapshot {
        let one = |state| Field::optional(self.in_state(state).map(|key| &key.record.kid));
        let retired = self.keys().iter();
        let retired = retired.filter(|key| key.life.state == KeyState::Retired);
        let refresh_keys = self.refresh_keys().iter();
        let master_keys = self.sealed().map(|(_, sealed)| sealed.master_key_id);
        let master_keys: BTreeSet<_> = master_keys.map(|id| id.to_string()).collect();
        Snapshot::new([
            ("active", one(KeyState::Active)),
            ("next", one(KeyState::Next)),
            ("retired", Field::texts(retired.map(|key| &key.record.kid))),
            (
                "refresh_keys",
                Field::texts(refresh_keys.map(|key| key.record.id)),
            ),
            ("master_keys", Field::texts(master_keys)),
        ])
    }
}

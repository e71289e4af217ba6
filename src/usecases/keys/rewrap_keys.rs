use std::{future::ready, sync::Arc};

use super::{
    KeysError, UnopenedKeys,
    change_set::{Plan, change_set},
};
use crate::{
    crypto::{MasterKeys, envelope},
    domain::{AuditAction, AuditTarget, KeyChange, KeySet, Rewrapping},
    ports::{Clock, KeyStore},
    usecases::Initiator,
};

/// Wraps every data key under the current master key.
pub struct RewrapKeys {
    pub keys: Arc<dyn KeyStore>,
    pub master_keys: Arc<MasterKeys>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrapped {
    pub changed: usize,
    /// These were wrapped under the current master key already.
    pub unchanged: usize,
}

impl RewrapKeys {
    pub async fn run(&self, by: &Initiator) -> Result<Rewrapped, KeysError> {
        let plan = |set| ready(self.plan(&set));
        let act = (by, AuditAction::RotateMasterKey);
        change_set(&*self.keys, &*self.clock, act, plan).await
    }

    fn plan(&self, set: &KeySet) -> Result<Plan<Rewrapped>, KeysError> {
        let mut rewrappings = Vec::new();
        let mut unopened = Vec::new();
        let mut unchanged = 0;
        for (key, sealed) in set.sealed() {
            if sealed.master_key_id == self.master_keys.current().id() {
                unchanged += 1;
                continue;
            }
            match envelope::rewrap(sealed, &self.master_keys) {
                Ok(to) => {
                    let from = sealed.clone();
                    rewrappings.push(Rewrapping { key, from, to });
                }
                Err(reason) => unopened.push((key, reason)),
            }
        }
        if !unopened.is_empty() {
            return Err(KeysError::Unopened(UnopenedKeys {
                master_keys: self.master_keys.ids().collect(),
                keys: unopened,
            }));
        }
        let changed = rewrappings.len();
        Ok(Plan {
            outcome: Rewrapped { changed, unchanged },
            change: (changed > 0).then(|| {
                let current = self.master_keys.current().id();
                let target = AuditTarget::MasterKey(current);
                (KeyChange::Rewrap(rewrappings), target)
            }),
        })
    }
}

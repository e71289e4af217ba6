use super::MasterKey;
use crate::domain::MasterKeyId;

/// The master key that wraps from now on, and former ones that still open.
#[derive(Clone, Debug)]
pub struct MasterKeys {
    current: MasterKey,
    previous: Vec<MasterKey>,
}

impl MasterKeys {
    pub fn new(current: MasterKey, previous: Vec<MasterKey>) -> Self {
        Self { current, previous }
    }

    pub fn current(&self) -> &MasterKey {
        &self.current
    }

    pub fn get(&self, id: MasterKeyId) -> Option<&MasterKey> {
        std::iter::once(&self.current)
            .chain(&self.previous)
            .find(|key| key.id() == id)
    }

    /// The current one first.
    pub fn ids(&self) -> impl Iterator<Item = MasterKeyId> {
        std::iter::once(&self.current)
            .chain(&self.previous)
            .map(MasterKey::id)
    }
}

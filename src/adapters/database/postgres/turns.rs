//! Who waits for a row that one step at a time may change waits here, and not on a
//! connection: however often one session is asked for at once, it has one of them.

use std::{
    fmt,
    hash::{BuildHasher, Hash, RandomState},
    sync::Arc,
    time::Duration,
};

use sea_orm::DbErr;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Many more than a pool has connections: what shares a stripe by chance waits for
/// no reason.
const STRIPES: u64 = 1024;

#[derive(Clone)]
pub(super) struct Turns {
    stripes: Arc<[Arc<Mutex<()>>]>,
    /// Of keys that nobody outside knows: nobody can choose who waits for whom.
    hasher: RandomState,
    timeout: Duration,
}

/// Lasts for as long as any of its clones.
pub(super) type Turn = Arc<OwnedMutexGuard<()>>;

impl Turns {
    /// Nobody waits for longer than the timeout.
    pub(super) fn new(timeout: Duration) -> Self {
        Self {
            stripes: (0..STRIPES).map(|_| Arc::default()).collect(),
            hasher: RandomState::new(),
            timeout,
        }
    }

    /// In the order in which they came.
    pub(super) async fn wait(&self, of: impl Hash) -> Result<Turn, DbErr> {
        let stripe = usize::try_from(self.hasher.hash_one(of) % STRIPES).unwrap_or_default();
        let turn = self.stripes[stripe].clone().lock_owned();
        match tokio::time::timeout(self.timeout, turn).await {
            Ok(turn) => Ok(turn.into()),
            Err(_) => Err(DbErr::Custom(format!(
                "others worked on the same for {:?}",
                self.timeout
            ))),
        }
    }
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turns")
    }
}

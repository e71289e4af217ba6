use std::{sync::Arc, time::Duration};

use crate::{
    domain::KNOWN_NETWORK_FOR,
    ports::{ClientStore, Clock, KnownNetworks, SessionStore, StorageError},
    usecases::purge,
};

/// Deletes what is over: sessions, revocations of expired tokens, and networks
/// that are known no more.
pub struct PurgeExpired {
    pub sessions: Arc<dyn SessionStore>,
    pub clients: Arc<dyn ClientStore>,
    pub known_networks: Arc<dyn KnownNetworks>,
    pub clock: Arc<dyn Clock>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    pub sessions: u64,
    pub revocations: u64,
    pub networks: u64,
}

/// What is over is refused wherever it is met. It is kept for a while longer,
/// so that a clock that runs ahead for once deletes nothing that is not over.
const MARGIN: Duration = Duration::from_hours(24);

impl PurgeExpired {
    /// What expires while it runs is left for the next run.
    pub async fn run(&self) -> Result<Purged, StorageError> {
        let long_over = self.clock.now() - MARGIN;
        let unknown = long_over - KNOWN_NETWORK_FOR;
        let (sessions, clients) = (&self.sessions, &self.clients);
        Ok(Purged {
            sessions: purge::in_steps(|limit| sessions.purge(long_over, limit)).await?,
            revocations: purge::in_steps(|limit| clients.purge_revoked(long_over, limit)).await?,
            networks: purge::in_steps(|limit| self.known_networks.purge(unknown, limit)).await?,
        })
    }
}

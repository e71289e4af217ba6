//! Limits that servers share.

use std::sync::Arc;

use super::{Ports, StartupError};
use crate::{
    adapters::limiter::{RedisLimiter, RedisServer, RedisSettings, RedisThrottle},
    config::Config,
    crypto::{MasterKeys, SharedNames},
};

impl Ports {
    /// Counts where the configuration says, for a server that is about to serve;
    /// until Redis is found, and whenever it is away, by the configured fallback.
    pub fn share_limits(
        &mut self,
        config: &Config,
        master_keys: &MasterKeys,
    ) -> Result<(), StartupError> {
        let Some(url) = config.limiter_url.clone() else {
            return Ok(());
        };
        let settings = RedisSettings::new(url, config.limiter_fallback);
        let server = RedisServer::start(settings)?;
        self.limiter = Arc::new(RedisLimiter::new(server.clone(), self.limiter.clone()));
        let names = SharedNames::new(master_keys.current());
        self.throttle = Arc::new(RedisThrottle::new(
            server.clone(),
            self.throttle.clone(),
            names,
        ));
        self.limits_health = Some(server);
        Ok(())
    }
}

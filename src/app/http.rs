//! What the HTTP side is told.

use std::sync::Arc;

use super::Ports;
use crate::{
    adapters::http::{Drain, HttpSettings, ServerSettings, TlsIdentity},
    config::Config,
};

impl Ports {
    pub fn http_settings(&self, config: &Config) -> HttpSettings {
        HttpSettings {
            client_ip: config.client_ip.clone(),
            cors_origins: config.cors_origins.clone(),
            entropy: self.entropy.clone(),
            clock: self.clock.clone(),
            access_log: config.access_log,
            meter: None,
            drain: Drain::default(),
        }
    }
}

/// What the server beneath the API is told; it stops as these HTTP settings say.
pub fn server_settings(
    config: &Config,
    http: &HttpSettings,
    tls: Option<Arc<TlsIdentity>>,
) -> ServerSettings {
    ServerSettings {
        bounds: config.connections.clone(),
        timings: config.drain_timings,
        drain: http.drain.clone(),
        tls,
    }
}

//! A server that is measured.

use std::{net::SocketAddr, sync::Arc};

use tokio::net::TcpListener;

use super::{super::error::CliError, listening::listen};
use crate::{
    adapters::{
        database::Database,
        http::{HttpSettings, TlsIdentity, UseCases},
        metrics::{Metrics, MetricsServer},
    },
    app::{Ports, measure_answers},
    usecases::keys::MaintainKeys,
};

pub(super) struct Measured {
    listener: TcpListener,
    metrics: Metrics,
}

impl Measured {
    /// Takes the address before anything else is done: what comes meanwhile waits.
    pub(super) async fn on(address: SocketAddr) -> Result<Self, CliError> {
        Ok(Self {
            listener: listen(address, "SIGNET_METRICS_LISTEN").await?,
            metrics: Metrics::new(),
        })
    }

    pub(super) fn measure(&mut self, ports: &mut Ports) {
        ports.measure(&mut self.metrics);
    }

    pub(super) fn watch_certificate(&mut self, identity: &Arc<TlsIdentity>) {
        self.metrics.watch_certificate(identity.clone());
    }

    /// Serves what is measured from now on.
    pub(super) fn start(
        mut self,
        database: &Database,
        maintain_keys: &Arc<MaintainKeys>,
        usecases: &UseCases,
        settings: &mut HttpSettings,
    ) -> MetricsServer {
        let metrics = &mut self.metrics;
        measure_answers(metrics, database, maintain_keys, usecases, settings);
        MetricsServer::start(self.listener, self.metrics)
    }
}

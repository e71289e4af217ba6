//! Connections to the database, and groups of writes.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge, histogram::Histogram},
    registry::Registry,
};

use crate::adapters::database::Database;

const WRITES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

pub(super) fn watch_groups(registry: &mut Registry, database: &Database) {
    let sizes = Histogram::new(WRITES);
    registry.register(
        "signet_commit_group_size",
        "Writes that one commit of SQLite took",
        sizes.clone(),
    );
    database.watch_groups(move |writes| {
        let writes = u32::try_from(writes).unwrap_or(u32::MAX);
        sizes.observe(f64::from(writes));
    });
}

#[derive(Debug)]
pub(super) struct Pools(pub(super) Database);

impl Collector for Pools {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let pools = self.0.pools();
        let mut open = encoder.encode_descriptor(
            "signet_database_connections",
            "Open connections to the database",
            None,
            MetricType::Gauge,
        )?;
        for pool in &pools {
            for (state, count) in [("idle", pool.idle), ("used", pool.open - pool.idle)] {
                let labels = [("pool", pool.name), ("state", state)];
                ConstGauge::new(count).encode(open.encode_family(&labels)?)?;
            }
        }
        let mut most = encoder.encode_descriptor(
            "signet_database_connections_max",
            "Connections to the database that may be open",
            None,
            MetricType::Gauge,
        )?;
        for pool in &pools {
            let labels = [("pool", pool.name)];
            ConstGauge::new(pool.most).encode(most.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

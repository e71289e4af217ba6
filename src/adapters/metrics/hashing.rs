//! The pool that passwords are hashed on.

use std::{fmt, sync::Arc, time::Duration};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::Counter, gauge::ConstGauge, histogram::Histogram},
    registry::Registry,
};

use crate::adapters::hasher::{Argon2Hasher, HashWatch};

const WAIT_SECONDS: [f64; 11] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0,
];
const SECONDS: [f64; 11] = [
    0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0,
];

pub(super) struct HashTimes {
    waits: Histogram,
    times: Histogram,
    refused: Counter,
}

impl HashTimes {
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let this = Self {
            waits: Histogram::new(WAIT_SECONDS),
            times: Histogram::new(SECONDS),
            refused: Counter::default(),
        };
        registry.register(
            "signet_hash_wait_seconds",
            "Time that a hash waited for a thread",
            this.waits.clone(),
        );
        registry.register(
            "signet_hash_duration_seconds",
            "Time that a thread computed a hash",
            this.times.clone(),
        );
        registry.register(
            "signet_hashes_refused",
            "Hashes refused because the queue was too long",
            this.refused.clone(),
        );
        this
    }
}

impl HashWatch for HashTimes {
    fn done(&self, waited: Duration, took: Duration) {
        self.waits.observe(waited.as_secs_f64());
        self.times.observe(took.as_secs_f64());
    }

    fn refused(&self) {
        self.refused.inc();
    }
}

#[derive(Debug)]
pub(super) struct QueueLength(pub(super) Arc<Argon2Hasher>);

impl Collector for QueueLength {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let length = ConstGauge::new(self.0.queue_len());
        let metric = encoder.encode_descriptor(
            "signet_hash_queue_length",
            "Hashes that wait for a thread",
            None,
            length.metric_type(),
        )?;
        length.encode(metric)
    }
}

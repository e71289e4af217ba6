//! The lives of the signing keys, as this server last read them.

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
};

use crate::{
    domain::{StoredKey, Timestamp, rotates_at},
    usecases::keys::MaintainKeys,
};

pub(super) struct SigningKeys(pub(super) Arc<MaintainKeys>);

impl Collector for SigningKeys {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let MaintainKeys {
            ring,
            clock,
            timings,
            ..
        } = &*self.0;
        // Before the first reading there is nothing to tell.
        let Some(loaded) = ring.published() else {
            return Ok(());
        };
        let now = clock.now();
        let mut ages = encoder.encode_descriptor(
            "signet_signing_key_age_seconds",
            "Time since the key was published",
            None,
            MetricType::Gauge,
        )?;
        for StoredKey { record, life, .. } in loaded.lives.keys() {
            let labels = [("kid", record.kid.as_str()), ("state", life.state.as_str())];
            let age = ConstGauge::new(seconds(life.published_at, now));
            age.encode(ages.encode_family(&labels)?)?;
        }
        let read_age = clock.monotonic().since(loaded.read_at);
        let mut single = |name, help, value: f64| {
            let gauge = ConstGauge::new(value);
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            gauge.encode(metric)
        };
        single(
            "signet_signing_keys_read_age_seconds",
            "Time since all signing keys were read from the database and opened",
            read_age.as_secs_f64(),
        )?;
        if let Some(rotation) = rotates_at(&loaded.lives, *timings) {
            single(
                "signet_signing_key_next_rotation_seconds",
                "Time until the next signing key takes over; negative when that is overdue",
                seconds(now, rotation),
            )?;
        }
        Ok(())
    }
}

/// To the millisecond.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    let millis = (to - from).num_milliseconds();
    // Exact up to 2^53 ms.
    #[allow(clippy::cast_precision_loss, reason = "no key lives that long")]
    let millis = millis as f64;
    millis / 1000.0
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys")
    }
}

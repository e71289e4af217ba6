//! The end of the TLS certificate, which a renewal moves.

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::gauge::ConstGauge,
};

use crate::adapters::http::TlsIdentity;

#[derive(Debug)]
pub(super) struct Certificate(pub(super) Arc<TlsIdentity>);

impl Collector for Certificate {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let until = ConstGauge::new(self.0.validity().until.timestamp());
        let metric = encoder.encode_descriptor(
            "signet_tls_certificate_expiry_timestamp_seconds",
            "When the certificate that new connections are given expires, in seconds since 1970",
            None,
            until.metric_type(),
        )?;
        until.encode(metric)
    }
}

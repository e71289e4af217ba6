//! Tokens that were handed out.

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter},
};

use crate::usecases::{Grant, TokenIssuer};

pub(super) struct Issued(pub(super) Arc<TokenIssuer>);

impl Collector for Issued {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let mut issued = encoder.encode_descriptor(
            "signet_tokens_issued",
            "Access tokens that were handed out",
            None,
            MetricType::Counter,
        )?;
        for grant in Grant::ALL {
            let count = self.0.issued.count(grant);
            let labels = [("grant", grant.as_str())];
            ConstCounter::new(count).encode(issued.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Issued")
    }
}

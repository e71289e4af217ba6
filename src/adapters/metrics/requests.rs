//! Answers, by route, method and status.

use std::{fmt, sync::Arc};

use prometheus_client::{
    encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use crate::adapters::http::{Answered, RequestMeter};

/// From a key set that is answered from memory to a login that waits for its
/// hash.
const SECONDS: [f64; 13] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

#[derive(Clone)]
pub(super) struct Requests {
    answers: Family<Labels, Counter>,
    times: Family<Labels, Histogram>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Labels {
    method: &'static str,
    route: Arc<str>,
    /// Not of times: each would be a histogram for itself.
    status: Option<u16>,
}

impl Requests {
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let answers = Family::default();
        registry.register(
            "signet_http_requests",
            "Requests that were answered",
            answers.clone(),
        );
        let times = Family::<Labels, Histogram>::new_with_constructor(|| Histogram::new(SECONDS));
        registry.register(
            "signet_http_request_duration_seconds",
            "Time until an answer began",
            times.clone(),
        );
        Self { answers, times }
    }
}

impl RequestMeter for Requests {
    fn answered(&self, answer: Answered) {
        let mut labels = Labels {
            method: answer.method,
            route: answer.route,
            status: Some(answer.status),
        };
        self.answers.get_or_create(&labels).inc();
        labels.status = None;
        let took = answer.took.as_secs_f64();
        self.times.get_or_create(&labels).observe(took);
    }
}

impl EncodeLabelSet for Labels {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        ("method", self.method).encode(encoder.encode_label())?;
        ("route", &*self.route).encode(encoder.encode_label())?;
        if let Some(status) = self.status {
            ("status", status).encode(encoder.encode_label())?;
        }
        Ok(())
    }
}

//! What the limiter and the throttle decide.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
    },
};

use super::Metrics;
use crate::{
    domain::{AttemptResult, AttemptSubject, RateLimit},
    ports::{
        AccountThrottle, Admission, Attempt, CountedAt, LimitsHealth, RateClient, RateLimiter,
        RateScope,
    },
};

/// Counters by what was judged, where that differs, and by the decision.
#[derive(Clone)]
pub(super) struct Decisions(pub(super) Family<Vec<(&'static str, &'static str)>, Counter>);

impl Decisions {
    fn count(&self, scope: Option<RateScope>, decision: &'static str) {
        let scope = scope.map(|scope| ("scope", scope.as_str()));
        let labels = scope.into_iter().chain([("decision", decision)]).collect();
        self.0.get_or_create(&labels).inc();
    }
}

/// A limiter whose decisions are counted.
pub struct MeteredLimiter {
    inner: Arc<dyn RateLimiter>,
    decisions: Decisions,
}

impl MeteredLimiter {
    pub fn new(inner: Arc<dyn RateLimiter>, metrics: &Metrics) -> Self {
        let decisions = metrics.rate_limits.clone();
        Self { inner, decisions }
    }
}

#[async_trait]
impl RateLimiter for MeteredLimiter {
    async fn admit(&self, scope: RateScope, client: RateClient, limit: RateLimit) -> Admission {
        let admission = self.inner.admit(scope, client, limit).await;
        let decision = match admission {
            Admission::Admitted { .. } => "admitted",
            Admission::Refused { .. } => "refused",
            Admission::Unavailable { .. } => "unavailable",
        };
        self.decisions.count(Some(scope), decision);
        admission
    }
}

/// A throttle whose decisions are counted.
pub struct MeteredThrottle {
    inner: Arc<dyn AccountThrottle>,
    decisions: Decisions,
}

impl MeteredThrottle {
    pub fn new(inner: Arc<dyn AccountThrottle>, metrics: &Metrics) -> Self {
        let decisions = metrics.throttle.clone();
        Self { inner, decisions }
    }
}

#[async_trait]
impl AccountThrottle for MeteredThrottle {
    async fn begin(&self, subject: AttemptSubject) -> Attempt {
        let attempt = self.inner.begin(subject).await;
        let decision = match attempt {
            Attempt::Admitted(_) => "admitted",
            Attempt::Throttled { .. } => "refused",
            Attempt::Unavailable { .. } => "unavailable",
        };
        self.decisions.count(None, decision);
        attempt
    }

    async fn end(&self, subject: AttemptSubject, counted: CountedAt, result: AttemptResult) {
        self.inner.end(subject, counted, result).await;
    }
}

/// What was judged without the counts that servers share.
pub(super) struct Fallbacks(pub(super) Option<Arc<dyn LimitsHealth>>);

impl Collector for Fallbacks {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let judged = self.0.as_ref().map_or(0, |it| it.fallback_decisions());
        let counter = ConstCounter::new(judged);
        let metric = encoder.encode_descriptor(
            "signet_limiter_fallback_decisions",
            "Requests and attempts judged without the limiter's Redis",
            None,
            counter.metric_type(),
        )?;
        counter.encode(metric)
    }
}

impl fmt::Debug for Fallbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fallbacks")
    }
}

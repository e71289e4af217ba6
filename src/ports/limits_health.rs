use async_trait::async_trait;

/// How counting fares where servers share their counts.
#[async_trait]
pub trait LimitsHealth: Send + Sync {
    /// Finds out anew whether all is well, unless that was done within the last
    /// second. It MUST NOT take longer than a request waits for being counted.
    async fn look(&self);

    /// What is not counted where it should be, in a sentence for operators;
    /// `None` where all is well. It MUST tell what is known and wait for nothing,
    /// and MUST NOT hold a secret.
    fn trouble(&self) -> Option<String>;

    /// How many requests and attempts since the start were judged without the
    /// shared counts. It MUST never go back.
    fn fallback_decisions(&self) -> u64;
}

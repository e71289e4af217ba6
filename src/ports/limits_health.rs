/// How counting fares where servers share their counts.
pub trait LimitsHealth: Send + Sync {
    /// What is not counted where it should be, in a sentence for operators;
    /// `None` where all is well. It MUST tell what is known and wait for nothing,
    /// and MUST NOT hold a secret.
    fn trouble(&self) -> Option<String>;

    /// How many requests and attempts since the start were judged without the
    /// shared counts. It MUST never go back.
    fn fallback_decisions(&self) -> u64;
}

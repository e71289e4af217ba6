use uuid::Uuid;

/// Chance that no attacker can predict.
pub trait Entropy: Send + Sync {
    /// MUST fill all of `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);

    /// A UUIDv4 (RFC 9562 §5.4): 122 random bits.
    fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

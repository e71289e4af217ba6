use std::time::Duration;

/// Whoever measures a pool. It is called on the pool's threads and on those that
/// ask for a hash, and MUST not wait.
pub trait HashWatch: Send + Sync {
    /// A hash was computed.
    fn done(&self, waited: Duration, took: Duration);

    /// One was refused: the queue was too long, or its wait was.
    fn refused(&self);
}

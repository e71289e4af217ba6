use crate::ports::StorageError;

/// How many rows one step may delete: other writes have their turn between the
/// steps.
const STEP: u32 = 1000;

/// Repeats `step`, which deletes at most so many rows, until it finds fewer, and
/// answers how many there were.
pub(super) async fn in_steps<F>(step: impl Fn(u32) -> F) -> Result<u64, StorageError>
where
    F: Future<Output = Result<u64, StorageError>>,
{
    let mut purged = 0;
    loop {
        let deleted = step(STEP).await?;
        purged += deleted;
        if deleted < u64::from(STEP) {
            return Ok(purged);
        }
    }
}

//! What is measured alternately.

use super::Outcome;

/// A measurement, which keeps what it saw.
type Measurement<'a> = &'a mut dyn FnMut() -> Outcome<()>;

/// Has each done in every run, in the one order and in the other by turns: a machine that
/// becomes slower or faster meanwhile favours none.
pub(crate) fn alternate(runs: u32, measurements: &mut [Measurement<'_>]) -> Outcome<()> {
    for _ in 0..runs {
        for measure in &mut *measurements {
            measure()?;
        }
        measurements.reverse();
    }
    Ok(())
}

use std::time::Duration;

use thiserror::Error;

use crate::domain::Argon2Params;

/// More iterations at the same time mean less memory, which is what makes
/// guessing on special hardware dear (RFC 9106 §4): so from one upwards.
const ITERATIONS: [u32; 5] = [1, 2, 3, 4, 5];
const ROUNDS: usize = 4;
/// Measured times vary by a few per cent: a closer fit would be chance.
const CLOSE: f64 = 0.03;
/// What is further off is not what was wanted.
const NEAR: f64 = 0.15;
/// Where the measuring begins: OWASP's second pair.
const FIRST_MEMORY_KIB: u32 = 19_456;
/// Memory that is easily recognised as a setting.
const STEP_KIB: u32 = 1024;

/// Finds Argon2 parameters that take a wanted time on this machine.
pub struct CalibrateHashing<M> {
    /// How long one hash takes while every worker computes one.
    pub measure: M,
    /// The memory of one hash at most, in KiB; [`Argon2Params::MAX_MEMORY_KIB`] where that
    /// is less.
    pub most_kib: u32,
}

/// Parameters, and the time that they were measured to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calibrated {
    pub params: Argon2Params,
    pub time: Duration,
}

impl Calibrated {
    /// Whether it takes about the wanted time.
    pub fn is_near(&self, wanted: Duration) -> bool {
        self.is_off(wanted) <= NEAR
    }

    /// By which part of it.
    pub fn is_off(&self, wanted: Duration) -> f64 {
        (self.time.div_duration_f64(wanted) - 1.0).abs()
    }
}

#[derive(Debug, Error)]
pub enum CalibrationError<E> {
    #[error("the weakest parameters that OWASP allows take {} here", humanly(*.least))]
    TooShort { least: Duration },
    #[error(
        "a hash can have {most_kib} KiB of the memory that is free here, and the weakest \
         parameters that OWASP allows take {least_kib} KiB"
    )]
    TooLittleMemory { most_kib: u32, least_kib: u32 },
    #[error("no parameters within Argon2's bounds and the memory that is free here take so long")]
    TooLong,
    #[error(transparent)]
    Measuring(E),
}

impl<M, E> CalibrateHashing<M>
where
    M: FnMut(Argon2Params) -> Result<Duration, E>,
{
    /// For each number of iterations the memory that comes closest to `wanted`,
    /// the fewest iterations first. Nothing that is weaker than OWASP's minima.
    pub fn run(mut self, wanted: Duration) -> Result<Vec<Calibrated>, CalibrationError<E>> {
        self.most_kib = self.most_kib.min(Argon2Params::MAX_MEMORY_KIB);
        let most_kib = self.most_kib;
        let least_kib = ITERATIONS.map(minimum_kib).into_iter().min();
        if let Some(least_kib) = least_kib.filter(|least| *least > most_kib) {
            return Err(CalibrationError::TooLittleMemory {
                most_kib,
                least_kib,
            });
        }
        let mut found = Vec::new();
        let mut least = None;
        for iterations in ITERATIONS {
            match self.closest(iterations, wanted)? {
                Closest::Found(calibrated) => found.push(calibrated),
                Closest::TooWeak { minimum } => {
                    least = least.into_iter().chain([minimum]).min();
                }
                Closest::TooLarge => {}
            }
        }
        match least {
            _ if !found.is_empty() => Ok(found),
            Some(least) => Err(CalibrationError::TooShort { least }),
            None => Err(CalibrationError::TooLong),
        }
    }

    /// The time of a hash grows with its memory, a little faster where the
    /// memory exceeds a cache: so measured, scaled, and measured again.
    fn closest(
        &mut self,
        iterations: u32,
        wanted: Duration,
    ) -> Result<Closest, CalibrationError<E>> {
        let least = minimum_kib(iterations);
        if least > self.most_kib {
            return Ok(Closest::TooLarge);
        }
        let mut memory = FIRST_MEMORY_KIB.clamp(least, self.most_kib);
        let mut best: Option<Calibrated> = None;
        for _ in 0..ROUNDS {
            let measured = self.time(memory, iterations)?;
            // Where other programs ran, the last one need not be the best.
            let closer = best.filter(|best| best.is_off(wanted) <= measured.is_off(wanted));
            best = closer.or(Some(measured));
            if measured.is_off(wanted) <= CLOSE {
                break;
            }
            let scaled = scale(memory, wanted, measured.time);
            // At a bound there is nothing further to measure.
            let near = || best.filter(|best| best.is_near(wanted)).map(Closest::Found);
            if scaled > self.most_kib && memory == self.most_kib {
                return Ok(near().unwrap_or(Closest::TooLarge));
            }
            if scaled < least && memory == least {
                let minimum = measured.time;
                return Ok(near().unwrap_or(Closest::TooWeak { minimum }));
            }
            memory = scaled.clamp(least, self.most_kib);
        }
        Ok(best.map_or(Closest::TooLarge, Closest::Found))
    }

    fn time(
        &mut self,
        memory_kib: u32,
        iterations: u32,
    ) -> Result<Calibrated, CalibrationError<E>> {
        let params = Argon2Params::new(memory_kib, iterations, 1)
            .expect("memory and iterations are within the bounds of one lane");
        let time = (self.measure)(params).map_err(CalibrationError::Measuring)?;
        Ok(Calibrated {
            params,
            time: time.max(Duration::from_nanos(1)),
        })
    }
}

enum Closest {
    Found(Calibrated),
    /// OWASP's minimum takes longer than what is wanted.
    TooWeak {
        minimum: Duration,
    },
    TooLarge,
}

/// The least memory that OWASP allows with so many iterations.
fn minimum_kib(iterations: u32) -> u32 {
    Argon2Params::owasp_minimum_kib(iterations)
}

fn scale(memory_kib: u32, wanted: Duration, measured: Duration) -> u32 {
    let steps = u128::from(memory_kib / STEP_KIB) * wanted.as_nanos() / measured.as_nanos();
    let steps = u32::try_from(steps).unwrap_or(u32::MAX);
    steps.saturating_mul(STEP_KIB)
}

fn humanly(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

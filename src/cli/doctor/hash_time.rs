//! How long verifying a password takes here, and how many are verified at most.

use std::{thread, time::Duration};

use crate::{
    crypto::argon2id::{self, Argon2Backend, DECOY_BYTES, HashMemory, HashingFailed},
    domain::{Argon2Params, Password},
    ports::Clock,
};

const SAMPLES: usize = 5;
/// From here on no further sample is taken.
const PATIENCE: Duration = Duration::from_secs(2);
const PASSWORD: &str = "a password of common length";

/// The median time of one hash while so many workers compute one each: they
/// share the memory's bandwidth.
pub(super) fn verifying(
    params: Argon2Params,
    backend: Argon2Backend,
    workers: usize,
    clock: &dyn Clock,
) -> Result<Duration, HashingFailed> {
    let samples = thread::scope(|scope| {
        let start = || scope.spawn(|| sample(params, backend, clock));
        let threads: Vec<_> = (0..workers).map(|_| start()).collect();
        let joined = threads.into_iter().map(|thread| {
            let panicked = |_| Err(HashingFailed::because("the computation panicked"));
            thread.join().unwrap_or_else(panicked)
        });
        joined.collect::<Result<Vec<_>, _>>()
    })?;
    let mut times: Vec<_> = samples.into_iter().flatten().collect();
    times.sort();
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}

/// After one hash that allocates the memory and warms up.
fn sample(
    params: Argon2Params,
    backend: Argon2Backend,
    clock: &dyn Clock,
) -> Result<Vec<Duration>, HashingFailed> {
    let password = Password::new(PASSWORD.to_owned()).map_err(HashingFailed::because)?;
    let hash = argon2id::decoy(&[0; DECOY_BYTES], params)?;
    let mut memory = HashMemory::new(backend);
    let start = clock.monotonic();
    argon2id::verify(&password, &hash, &mut memory)?;
    let mut times = Vec::new();
    while times.is_empty() || times.len() < SAMPLES && clock.monotonic().since(start) < PATIENCE {
        let before = clock.monotonic();
        argon2id::verify(&password, &hash, &mut memory)?;
        times.push(clock.monotonic().since(before));
    }
    Ok(times)
}

pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Verifications per second. Logins are fewer: each also takes a signature and a
/// commit.
pub(super) fn rate(workers: usize, time: Duration) -> f64 {
    let workers = u32::try_from(workers).unwrap_or(u32::MAX);
    f64::from(workers) / time.max(Duration::from_nanos(1)).as_secs_f64()
}

/// At most, of all workers: new hashes are made in memory of their own where
/// something else verifies.
pub(super) fn memory_mib(workers: usize, params: Argon2Params, backend: Argon2Backend) -> usize {
    let hashes = hashes_at_once(workers, backend);
    (hashes * params.memory_kib() as usize).div_ceil(1024)
}

/// How many the memory is kept of at most.
pub(super) fn hashes_at_once(workers: usize, backend: Argon2Backend) -> usize {
    match backend {
        Argon2Backend::Portable => workers,
        Argon2Backend::Simd => 2 * workers,
    }
}

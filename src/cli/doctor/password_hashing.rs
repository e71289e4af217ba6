use std::{error::Error, num::NonZeroUsize, time::Duration};

use super::report::Check;
use crate::{
    adapters::hasher::PoolSettings,
    crypto::argon2id::{self, HashMemory, SALT_BYTES},
    domain::{Argon2Params, Password},
    ports::Clock,
};

const CHECK: &str = "password hashing";
const SAMPLES: usize = 5;
/// From here on no further sample is taken.
const PATIENCE: Duration = Duration::from_secs(2);
/// The OWASP Password Storage Cheat Sheet wants a hash to take less.
const TOO_LONG: Duration = Duration::from_secs(1);

/// How long one hash takes on this machine, and what follows for logins.
pub(super) fn check(params: Argon2Params, pool: PoolSettings, clock: &dyn Clock) -> Check {
    let time = match median_time(params, clock) {
        Ok(time) => time.max(Duration::from_nanos(1)),
        Err(error) => {
            let advice = "change SIGNET_ARGON2_*";
            return Check::fail(CHECK, error.to_string(), advice);
        }
    };
    let workers = pool.workers;
    let found = format!(
        "one hash ({} KiB, iterations {}, parallelism {}) takes {:.1} ms: about {} logins/s, and \
         at most {} MiB, with {workers} workers",
        params.memory_kib(),
        params.iterations(),
        params.parallelism(),
        time.as_secs_f64() * 1e3,
        rate(workers, time),
        memory_mib(workers, params),
    );
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if time > TOO_LONG {
        let advice = "lower SIGNET_ARGON2_ITERATIONS or SIGNET_ARGON2_MEMORY_KIB: a hash should \
                      take less than a second";
        Check::warn(CHECK, found, advice)
    } else if workers > cores {
        let found = format!("{found}, on {cores} cores, which cannot keep up with them");
        let advice = format!("set SIGNET_HASH_WORKERS to {cores}: more only take memory");
        Check::warn(CHECK, found, advice)
    } else {
        Check::ok(CHECK, found)
    }
}

/// After one hash that allocates the memory and warms up.
fn median_time(params: Argon2Params, clock: &dyn Clock) -> Result<Duration, Box<dyn Error>> {
    let password = Password::new("a password of common length".to_owned())?;
    let mut memory = HashMemory::default();
    let start = clock.monotonic();
    argon2id::hash(&password, &[0; SALT_BYTES], params, &mut memory)?;
    let mut times = Vec::new();
    while times.is_empty() || times.len() < SAMPLES && clock.monotonic().since(start) < PATIENCE {
        let before = clock.monotonic();
        argon2id::hash(&password, &[0; SALT_BYTES], params, &mut memory)?;
        times.push(clock.monotonic().since(before));
    }
    times.sort();
    Ok(times[times.len() / 2])
}

fn rate(workers: usize, time: Duration) -> String {
    let workers = u32::try_from(workers).unwrap_or(u32::MAX);
    let rate = f64::from(workers) / time.as_secs_f64();
    if rate < 10.0 {
        format!("{rate:.1}")
    } else {
        format!("{rate:.0}")
    }
}

fn memory_mib(workers: usize, params: Argon2Params) -> usize {
    (workers * params.memory_kib() as usize).div_ceil(1024)
}

use std::time::Duration;

use super::{
    hash_time::{self, memory_mib, milliseconds, rate},
    report::Check,
};
use crate::{
    adapters::{
        hasher::{BackendChoice, PoolSettings},
        system::cores,
    },
    crypto::argon2id::{Argon2Backend, WrongHash},
    domain::Argon2Params,
    ports::Clock,
};

const CHECK: &str = "password hashing";
/// The OWASP Password Storage Cheat Sheet wants a hash to take less.
const TOO_LONG: Duration = Duration::from_secs(1);
const REPORT: &str = "report it, with the model of the processor";

/// How long one hash takes on this machine, and how many it verifies at most.
pub(super) fn check(
    params: Argon2Params,
    backend: BackendChoice,
    check_backend: impl Fn(Argon2Backend) -> Result<(), WrongHash>,
    pool: PoolSettings,
    clock: &dyn Clock,
) -> Vec<Check> {
    let mut wrong = None;
    let usable = backend.resolve(|backend| {
        let checked = check_backend(backend);
        if let (Argon2Backend::Simd, Err(error)) = (backend, &checked) {
            let found =
                format!("the SIMD backend is wrong ({error}): the portable one verifies instead");
            wrong = Some(Check::warn(CHECK, found, REPORT));
        }
        checked
    });
    let backend = match usable {
        Ok(backend) => backend,
        Err(error) => return vec![Check::fail(CHECK, error.to_string(), REPORT)],
    };
    let time = match hash_time::verifying(params, backend, pool.workers, clock) {
        Ok(time) => time,
        Err(error) => {
            let advice = "change SIGNET_ARGON2_*";
            return vec![Check::fail(CHECK, error.to_string(), advice)];
        }
    };
    let workers = pool.workers;
    let found = format!(
        "one hash ({} KiB, iterations {}, parallelism {}) takes {:.1} ms ({backend}): at most {} \
         verifications/s, more than logins/s, and {} MiB, with {workers} workers",
        params.memory_kib(),
        params.iterations(),
        params.parallelism(),
        milliseconds(time),
        shown(rate(workers, time)),
        memory_mib(workers, params, backend),
    );
    let cores = cores();
    let check = if time > TOO_LONG {
        let advice = "lower SIGNET_ARGON2_ITERATIONS or SIGNET_ARGON2_MEMORY_KIB: a hash should \
                      take less than a second";
        Check::warn(CHECK, found, advice)
    } else if workers > cores {
        let found = format!("{found}, on {cores} cores, which cannot keep up with them");
        let advice = format!("set SIGNET_HASH_WORKERS to {cores}: more only take memory");
        Check::warn(CHECK, found, advice)
    } else {
        Check::ok(CHECK, found)
    };
    wrong.into_iter().chain([check]).collect()
}

fn shown(rate: f64) -> String {
    if rate < 10.0 {
        format!("{rate:.1}")
    } else {
        format!("{rate:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{adapters::system::SystemClock, cli::doctor::report::Status};

    /// Each line where this backend computes wrongly.
    fn found_where(wrong: Argon2Backend) -> Vec<(Status, String)> {
        let pool = PoolSettings {
            workers: 1,
            queue_per_worker: 1,
            max_wait: Duration::ZERO,
            wipe_after: Duration::ZERO,
        };
        let check_backend = |backend| {
            if backend == wrong {
                Err(WrongHash::Differs("a test"))
            } else {
                Ok(())
            }
        };
        let params = Argon2Params::new(8, 1, 1).unwrap();
        let (choice, clock) = (BackendChoice::Auto, SystemClock::new());
        let checks = check(params, choice, check_backend, pool, &clock).into_iter();
        checks.map(|check| (check.status, check.found)).collect()
    }

    #[test]
    fn a_wrong_simd_backend_is_a_warning_and_the_portable_one_is_measured() {
        let found = found_where(Argon2Backend::Simd);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].0, Status::Warn);
        assert!(
            found[0].1.contains("the portable one verifies instead"),
            "{found:?}"
        );
        assert!(found[1].1.contains("(portable)"), "{found:?}");
    }

    #[test]
    fn a_wrong_portable_backend_fails() {
        let found = found_where(Argon2Backend::Portable);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, Status::Fail);
    }
}

//! `signet doctor --calibrate`: Argon2 parameters for a wanted login time.

use std::time::Duration;

use serde::Serialize;

use super::{
    hash_time::{self, hashes_at_once, memory_mib, milliseconds, rate},
    signing_time::signatures_per_second,
};
use crate::{
    adapters::system::{SystemClock, available_memory_kib, cores},
    cli::{error::CliError, session::print, standard_error::tell, table::with_headings},
    config::{Config, Sources},
    crypto::argon2id::Argon2Backend,
    domain::{Argon2Params, SigningAlgorithm},
    usecases::{CalibrateHashing, Calibrated, CalibrationError},
};

/// Of one line: what it would set, and what follows.
#[derive(Serialize)]
struct Proposal {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
    verification_ms: f64,
    verifications_per_second: f64,
    logins_per_second: f64,
    memory_mib: usize,
    proposed: bool,
}

/// As in the parameters that OWASP names first: a second pass makes it dearer
/// to trade memory for time (RFC 9106 §7.2).
const PROPOSED_ITERATIONS: u32 = 2;

pub(super) fn run(sources: &Sources, wanted: Duration, json: bool) -> Result<(), CliError> {
    let config = Config::load(sources, false)?;
    let workers = config.hash_pool.workers;
    let backend = config.argon2_backend.resolve_here();
    let backend = backend.map_err(CliError::failure)?;
    let clock = SystemClock::new();
    let calibrate = CalibrateHashing {
        measure: |params| hash_time::verifying(params, backend, workers, &clock),
        most_kib: most_kib(workers, backend),
    };
    let found = calibrate.run(wanted).map_err(|error| match error {
        CalibrationError::Measuring(_) => CliError::failure(error),
        CalibrationError::TooLittleMemory { .. } if workers > 1 => CliError::refused(format!(
            "{error}: free some, or set SIGNET_HASH_WORKERS below {workers}"
        )),
        CalibrationError::TooLittleMemory { .. } => {
            CliError::refused(format!("{error}: free some"))
        }
        CalibrationError::TooShort { .. } | CalibrationError::TooLong => {
            CliError::refused(format!("{error}: want another --login-time"))
        }
    })?;
    let proposed = proposed(&found, wanted);
    if !proposed.is_some_and(|it| it.is_near(wanted)) {
        tell("None was measured to take about that time: measure again while nothing else runs.");
    }
    let algorithm = config.signing_algorithm;
    let cores = cores();
    let signatures = signatures_per_second(algorithm, config.key_bits, cores, &clock)?;
    let logins = |verification| {
        let busy = workers.min(cores);
        logins(rate(workers, verification), busy, cores, signatures)
    };
    let proposals = proposals(&found, proposed, workers, backend, logins);
    let text = if json {
        serde_json::to_string_pretty(&proposals).map_err(CliError::failure)?
    } else {
        shown(&proposals, workers, backend, algorithm, wanted)
    };
    print(&text)
}

/// Of one hash, where those of all workers are to fit in what is free, with some to spare
/// for everything else.
fn most_kib(workers: usize, backend: Argon2Backend) -> u32 {
    let most = Argon2Params::MAX_MEMORY_KIB;
    let hashes = hashes_at_once(workers, backend) as u64;
    available_memory_kib().map_or(most, |free| {
        u32::try_from(free / 4 * 3 / hashes).map_or(most, |share| share.min(most))
    })
}

/// Of those that take about the wanted time, the usual one; else whichever comes closest.
fn proposed(found: &[Calibrated], wanted: Duration) -> Option<Calibrated> {
    let usual = |c: &&Calibrated| c.params.iterations().abs_diff(PROPOSED_ITERATIONS);
    let near = found.iter().filter(|c| c.is_near(wanted)).min_by_key(usual);
    let off = |c: &&Calibrated| c.is_off(wanted);
    let closest = found.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    near.or(closest).copied()
}

fn proposals(
    found: &[Calibrated],
    proposed: Option<Calibrated>,
    workers: usize,
    backend: Argon2Backend,
    logins: impl Fn(Duration) -> f64,
) -> Vec<Proposal> {
    let proposal = |calibrated: &Calibrated| Proposal {
        memory_kib: calibrated.params.memory_kib(),
        iterations: calibrated.params.iterations(),
        parallelism: calibrated.params.parallelism(),
        verification_ms: milliseconds(calibrated.time),
        verifications_per_second: rate(workers, calibrated.time),
        logins_per_second: logins(calibrated.time),
        memory_mib: memory_mib(workers, calibrated.params, backend),
        proposed: proposed == Some(*calibrated),
    };
    found.iter().map(proposal).collect()
}

/// At most, of so many verifications a second that some of the cores make: those have to
/// sign, too, as far as the others do not.
fn logins(verifications: f64, busy: usize, cores: usize, signatures: f64) -> f64 {
    let count = |cores| f64::from(u32::try_from(cores).unwrap_or(u32::MAX));
    let by_all = verifications * count(cores) / count(busy);
    verifications.min((by_all.recip() + signatures.recip()).recip())
}

fn shown(
    proposals: &[Proposal],
    workers: usize,
    backend: Argon2Backend,
    algorithm: SigningAlgorithm,
    wanted: Duration,
) -> String {
    let heading = [
        "memory KiB",
        "iterations",
        "verification",
        "verifications/s",
        "logins/s at most",
        "memory at most",
        "",
    ];
    let rows = proposals.iter().map(|p| {
        [
            p.memory_kib.to_string().into(),
            p.iterations.to_string().into(),
            format!("{:.1} ms", p.verification_ms).into(),
            format!("{:.0}", p.verifications_per_second).into(),
            format!("{:.0}", p.logins_per_second).into(),
            format!("{} MiB", p.memory_mib).into(),
            if p.proposed { "proposed" } else { "" }.into(),
        ]
    });
    let settings = proposals.iter().filter(|p| p.proposed).map(|p| {
        format!(
            "SIGNET_ARGON2_MEMORY_KIB={}\nSIGNET_ARGON2_ITERATIONS={}\nSIGNET_ARGON2_PARALLELISM={}",
            p.memory_kib, p.iterations, p.parallelism
        )
    });
    format!(
        "Argon2id in about {:.1} ms a verification, with {workers} workers that verify at once ({backend}).\n\
         Logins/s are what verifying and the token's signature ({algorithm}) leave: a commit and HTTP \
         take some of them.\n\n\
         {}\n\n{}",
        milliseconds(wanted),
        with_headings(heading, rows).trim_end_matches('\n'),
        settings.collect::<String>(),
    )
}

#[cfg(test)]
mod tests {
    use super::logins;

    fn assert_near(rate: f64, expected: f64) {
        assert!((rate - expected).abs() < 1e-9, "{rate} {expected}");
    }

    #[test]
    fn where_all_cores_verify_they_sign_as_well() {
        assert_near(logins(100.0, 2, 2, 300.0), 75.0);
    }

    #[test]
    fn where_some_verify_the_others_sign() {
        assert_near(logins(100.0, 1, 2, 300.0), 100.0);
        assert_near(logins(100.0, 3, 4, 150.0), 1.0 / (0.0075 + 1.0 / 150.0));
    }
}

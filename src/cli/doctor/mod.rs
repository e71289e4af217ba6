//! `signet doctor`: one file for each group of checks. None of them changes
//! anything, and one that fails does not keep the others from running.

mod calibration;
mod client_address;
mod clock;
mod configuration;
mod database;
mod files;
mod hash_time;
mod key_life;
mod limiter;
mod master_key;
mod password_hashing;
mod postgres;
mod refresh_keys;
mod report;
mod signing_keys;
mod signing_time;
mod tls;

use std::time::Duration;

use clap::Args;
use thiserror::Error;

use super::{error::CliError, master_key_source, runtime};
use crate::{
    adapters::system::SystemClock,
    config::{DatabaseUrl, Sources},
    crypto::argon2id::Argon2Backend,
    ports::Clock,
};

use report::{Check, Status};

pub(super) const EXAMPLES: &str = "\
Prints one line for each check, and exits with 1 when one says FAIL. Run it as the server's user,
in its folder and with its settings.

With --calibrate it makes none of these checks: it measures for up to two minutes, with all hash
workers at once, which Argon2 parameters take the wanted time here, and says what they imply. Run it while
the machine is otherwise idle.

Examples:
  NOT_MY_KEY_FILE=/etc/signet/master.key signet doctor
  signet doctor --calibrate --login-time 50ms";

#[derive(Args)]
pub(super) struct DoctorArgs {
    #[arg(
        long,
        help = "Print a JSON array of {check, status, found, advice}, for scripts; with \
                --calibrate of {memory_kib, iterations, parallelism, verification_ms, \
                verifications_per_second, logins_per_second, memory_mib, proposed}"
    )]
    json: bool,
    /// Propose Argon2 parameters for this machine instead
    #[arg(long)]
    calibrate: bool,
    /// How long verifying a password may take, 1ms to 1s
    #[arg(
        long,
        value_name = "TIME",
        default_value = "50ms",
        value_parser = login_time,
        requires = "calibrate"
    )]
    login_time: Duration,
}

#[derive(Debug, Error)]
#[error("{failed} of {all} checks failed")]
struct ChecksFailed {
    failed: usize,
    all: usize,
}

pub(super) fn run(sources: &Sources, args: &DoctorArgs) -> Result<(), CliError> {
    if args.calibrate {
        return calibration::run(sources, args.login_time, args.json);
    }
    let checks = examine(sources)?;
    report::print(&checks, args.json)?;
    let failed = checks.iter().filter(|c| c.status == Status::Fail).count();
    if failed == 0 {
        return Ok(());
    }
    let all = checks.len();
    Err(CliError::refused(ChecksFailed { failed, all }.to_string()))
}

fn login_time(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if (Duration::from_millis(1)..=Duration::from_secs(1)).contains(&time) {
        Ok(time)
    } else {
        Err("expected 1ms to 1s".to_owned())
    }
}

fn examine(sources: &Sources) -> Result<Vec<Check>, CliError> {
    let clock = SystemClock::new();
    let source = master_key_source();
    let (config, check) = configuration::check(sources);
    let mut checks = vec![check];
    let (master_keys, found) = master_key::check(&source);
    checks.extend(found);
    checks.extend(files::of_master_keys(&source));
    let Some(config) = config else {
        checks.push(clock::check(&clock, None));
        return Ok(checks);
    };
    checks.extend(tls::check(&config, &clock));
    let (keys, found) = match &config.database {
        DatabaseUrl::Sqlite(path) => {
            checks.extend(files::of_database(path));
            runtime()?.block_on(database::check(path))
        }
        DatabaseUrl::Postgres(url) => {
            runtime()?.block_on(postgres::check(url, config.database_limits))
        }
    };
    checks.extend(found);
    if let Some(keys) = &keys {
        checks.extend(signing_keys::check(keys, master_keys.as_ref()));
        checks.extend(refresh_keys::check(&keys.set, master_keys.as_ref()));
    }
    let set = keys.as_ref().map(|keys| &keys.set);
    let timings = config.key_timings;
    checks.extend(key_life::check(timings, set, clock.now()));
    let stored = set.map(|set| (set, timings.clock_skew));
    checks.push(clock::check(&clock, stored));
    checks.extend(password_hashing::check(
        config.argon2,
        config.argon2_backend,
        Argon2Backend::check,
        config.hash_pool,
        &clock,
    ));
    checks.push(client_address::check(&config.client_ip));
    checks.extend(limiter::check(&config)?);
    Ok(checks)
}

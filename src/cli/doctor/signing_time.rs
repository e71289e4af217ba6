//! How many tokens are signed here per second.

use std::{thread, time::Duration};

use getrandom::SysRng;

use crate::{
    cli::error::CliError,
    crypto::{self, SigningFailed, SigningKeyPair},
    domain::{KeyId, RsaKeySize, SigningAlgorithm},
    ports::Clock,
};

const LASTS: Duration = Duration::from_millis(300);
/// As long as an access token's claims are.
const CLAIMS: &str = concat!(
    "0123456789012345678901234567890123456789012345678901234567890123456789",
    "0123456789012345678901234567890123456789012345678901234567890123456789",
    "0123456789012345678901234567890123456789012345678901234567890123456789",
    "0123456789012345678901234567890123456789012345678901234567890123456789",
);

/// By so many threads at once, with a key that is made for it.
pub(super) fn signatures_per_second(
    algorithm: SigningAlgorithm,
    key_bits: RsaKeySize,
    threads: usize,
    clock: &dyn Clock,
) -> Result<f64, CliError> {
    let key = crypto::generate(&mut SysRng, algorithm, key_bits).map_err(CliError::failure)?;
    let kid: KeyId = "calibration".parse().map_err(CliError::failure)?;
    let pair = SigningKeyPair::new(kid, algorithm, &key).map_err(CliError::failure)?;
    thread::scope(|scope| {
        let start = || scope.spawn(|| rate(&pair, clock));
        let threads: Vec<_> = (0..threads).map(|_| start()).collect();
        let rates = threads.into_iter().map(|thread| match thread.join() {
            Ok(rate) => rate.map_err(CliError::failure),
            Err(_) => Err(CliError::refused("signing panicked")),
        });
        rates.sum()
    })
}

fn rate(pair: &SigningKeyPair, clock: &dyn Clock) -> Result<f64, SigningFailed> {
    let (start, mut count) = (clock.monotonic(), 0);
    loop {
        pair.sign(&CLAIMS)?;
        count += 1;
        let took = clock.monotonic().since(start);
        if took >= LASTS {
            return Ok(f64::from(count) / took.as_secs_f64());
        }
    }
}

//! What the machine can do without a server around it.

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256,
        RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
    },
};
use getrandom::SysRng;
use signet::{
    crypto::{
        argon2id::{self, HashMemory},
        generate,
    },
    domain::{Argon2Params, Password, RsaKeySize, SigningAlgorithm},
};

use super::{Outcome, stopwatch::Stopwatch};

/// How often per second so many threads do the work, each on a state of its own.
fn per_second<S>(
    threads: usize,
    seconds: u32,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S) + Sync,
) -> f64 {
    let (done, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let time = Stopwatch::start();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut state = state();
                while !over.load(Ordering::Relaxed) {
                    work(&mut state);
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        thread::sleep(Duration::from_secs(seconds.into()));
        over.store(true, Ordering::Relaxed);
    });
    done.into_inner() as f64 / time.elapsed().as_secs_f64()
}

/// Verifications per second with the server's defaults, in memory that each
/// thread keeps.
pub(crate) fn verifications(threads: usize, seconds: u32) -> Outcome<f64> {
    let password = Password::new("correct horse battery staple".to_owned())?;
    let hash = argon2id::decoy(&[7; argon2id::DECOY_BYTES], Argon2Params::default())?;
    Ok(per_second(
        threads,
        seconds,
        HashMemory::default,
        |memory| {
            black_box(argon2id::verify(&password, &hash, memory)).expect("the defaults are sound");
        },
    ))
}

/// Signatures per second of aws-lc-rs with a key pair that is kept, over as
/// many bytes as an access token has.
pub(crate) fn signatures(
    algorithm: SigningAlgorithm,
    threads: usize,
    seconds: u32,
) -> Outcome<f64> {
    const SOUND: &str = "a fresh key signs";
    let key = generate(&mut SysRng, algorithm, RsaKeySize::default())?;
    let (random, message) = (SystemRandom::new(), [0x5a; 700]);
    let der = key.pkcs8_der();
    let rsa = |encoding: &'static dyn RsaEncoding| -> Outcome<f64> {
        let pair = RsaKeyPair::from_pkcs8(der)?;
        let room = || vec![0; pair.public_modulus_len()];
        Ok(per_second(threads, seconds, room, |signature| {
            black_box(pair.sign(encoding, &random, &message, signature)).expect(SOUND);
        }))
    };
    match algorithm {
        SigningAlgorithm::Rs256 => rsa(&RSA_PKCS1_SHA256),
        SigningAlgorithm::Ps256 => rsa(&RSA_PSS_SHA256),
        SigningAlgorithm::Es256 => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)?;
            Ok(per_second(
                threads,
                seconds,
                || (),
                |()| {
                    black_box(pair.sign(&random, &message)).expect(SOUND);
                },
            ))
        }
        SigningAlgorithm::EdDsa => {
            let pair = Ed25519KeyPair::from_pkcs8(der)?;
            Ok(per_second(
                threads,
                seconds,
                || (),
                |()| {
                    black_box(pair.sign(&message));
                },
            ))
        }
    }
}

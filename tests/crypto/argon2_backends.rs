//! Two implementations of Argon2: what one makes, the other must find right.

use proptest::{collection::vec, prelude::*};
use signet::{
    adapters::hasher::BackendChoice,
    crypto::argon2id::{self, Argon2Backend, HashMemory, Inputs, WrongHash, check_vectors},
    domain::{
        Argon2Params,
        Argon2Variant::{self, D, I, Id},
        Argon2Version::{self, V16, V19},
        Password,
    },
};

use crate::support::written_log::WrittenLog;

fn variants() -> impl Strategy<Value = (Argon2Variant, Argon2Version)> {
    (
        prop::sample::select(vec![D, I, Id]),
        prop::sample::select(vec![V16, V19]),
    )
}

fn params() -> impl Strategy<Value = Argon2Params> {
    (1..=8_u32, 1..=4_u32, 0..=300_u32).prop_map(|(lanes, iterations, more)| {
        Argon2Params::new(8 * lanes + more, iterations, lanes).unwrap()
    })
}

fn computed(backend: Argon2Backend, inputs: &Inputs<'_>, length: usize) -> Vec<u8> {
    let mut output = vec![0; length];
    let mut memory = HashMemory::new(backend);
    memory.compute(inputs, &mut output).unwrap();
    output
}

proptest! {
    #[test]
    fn both_compute_the_same(
        (variant, version) in variants(),
        params in params(),
        password in vec(any::<u8>(), 0..300),
        salt in vec(any::<u8>(), 8..=48),
        length in 10..=128_usize,
    ) {
        let inputs = Inputs { variant, version, ..Inputs::new(params, &password, &salt) };
        prop_assert_eq!(
            computed(Argon2Backend::Portable, &inputs, length),
            computed(Argon2Backend::Simd, &inputs, length)
        );
    }

    #[test]
    fn memory_that_other_hashes_have_used_changes_none(
        series in vec((variants(), params()), 2..6),
        wipe in any::<bool>(),
    ) {
        let mut memory = HashMemory::new(Argon2Backend::Simd);
        for ((variant, version), params) in series {
            let inputs = Inputs { variant, version, ..Inputs::new(params, b"a password", b"any salt") };
            let mut output = vec![0; 32];
            memory.compute(&inputs, &mut output).unwrap();
            prop_assert_eq!(output, computed(Argon2Backend::Portable, &inputs, 32));
            if wipe {
                memory.wipe(Argon2Params::new(16, 1, 1).unwrap());
            }
        }
    }

    #[test]
    fn a_stored_hash_is_verified_by_either(
        text in "\\PC{8,40}",
        salt in any::<[u8; argon2id::SALT_BYTES]>(),
        params in params(),
    ) {
        let right = Password::new(text.clone()).unwrap();
        let wrong = Password::new(format!("{text}x")).unwrap();
        for makes in [Argon2Backend::Portable, Argon2Backend::Simd] {
            let made = argon2id::hash(&right, &salt, params, &mut HashMemory::new(makes)).unwrap();
            for verifies in [Argon2Backend::Portable, Argon2Backend::Simd] {
                let mut memory = HashMemory::new(verifies);
                prop_assert!(argon2id::verify(&right, &made, &mut memory).unwrap());
                prop_assert!(!argon2id::verify(&wrong, &made, &mut memory).unwrap());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    // In memory of this size the SIMD backend has huge pages.
    #[test]
    fn both_compute_the_same_in_the_usual_memory(
        (variant, version) in variants(),
        lanes in 1..=4_u32,
        password in vec(any::<u8>(), 0..300),
        salt in vec(any::<u8>(), 8..=48),
    ) {
        let memory_kib = Argon2Params::default().memory_kib();
        let params = Argon2Params::new(memory_kib, 1, lanes).unwrap();
        let inputs = Inputs { variant, version, ..Inputs::new(params, &password, &salt) };
        prop_assert_eq!(
            computed(Argon2Backend::Portable, &inputs, 32),
            computed(Argon2Backend::Simd, &inputs, 32)
        );
    }
}

#[test]
fn both_compute_the_known_hashes() {
    Argon2Backend::Portable.check().unwrap();
    Argon2Backend::Simd.check().unwrap();
}

#[test]
fn one_wrong_bit_in_any_known_hash_is_found() {
    for spoiled in 0.. {
        let mut memory = HashMemory::new(Argon2Backend::Simd);
        let mut count = 0;
        let found = check_vectors(u32::MAX, |inputs, output| {
            memory.compute(inputs, output)?;
            output[31] ^= u8::from(count == spoiled);
            count += 1;
            Ok(())
        });
        if count == spoiled {
            assert!(spoiled >= 9, "too few known hashes: {spoiled}");
            return found.unwrap();
        }
        assert!(matches!(found, Err(WrongHash::Differs(_))), "{spoiled}");
    }
}

const RIGHT: Result<(), WrongHash> = Ok(());
const WRONG: Result<(), WrongHash> = Err(WrongHash::Differs("a test"));

fn wrong_where(wrong: Argon2Backend) -> impl Fn(Argon2Backend) -> Result<(), WrongHash> {
    move |backend| if backend == wrong { WRONG } else { RIGHT }
}

#[test]
fn a_backend_that_computes_wrongly_is_not_used() {
    let wrong = wrong_where(Argon2Backend::Simd);
    let backends = [
        BackendChoice::Auto.resolve(|_| RIGHT).unwrap(),
        BackendChoice::Auto.resolve(&wrong).unwrap(),
        BackendChoice::Portable.resolve(&wrong).unwrap(),
    ];
    let expected = [
        Argon2Backend::Simd,
        Argon2Backend::Portable,
        Argon2Backend::Portable,
    ];
    assert_eq!(backends, expected);
}

#[test]
fn nothing_starts_where_stored_hashes_would_be_wrong() {
    for choice in [BackendChoice::Auto, BackendChoice::Portable] {
        let refused = choice.resolve(wrong_where(Argon2Backend::Portable));
        assert_eq!(
            refused.unwrap_err().to_string(),
            "the portable backend of Argon2, which makes every hash that is stored, is wrong on \
             this machine: its hash is not the known one of a test"
        );
    }
}

#[test]
fn the_log_tells_that_the_simd_backend_is_wrong_and_how() {
    let log = WrittenLog::default();
    let resolve = || BackendChoice::Auto.resolve(wrong_where(Argon2Backend::Simd));
    tracing::subscriber::with_default(log.subscriber(), resolve).unwrap();
    let log = log.text();
    let told = "ERROR signet::adapters::hasher::backend: the SIMD backend of Argon2 is wrong on \
                this machine: passwords are verified with the portable one, which is slower \
                error=its hash is not the known one of a test\n";
    assert!(log.ends_with(told), "{log}");
}

#[test]
fn the_choice_is_auto_or_portable() {
    assert_eq!("auto".parse(), Ok(BackendChoice::Auto));
    assert_eq!("portable".parse(), Ok(BackendChoice::Portable));
    assert!("simd".parse::<BackendChoice>().is_err());
}

//! [`PasswordHasher`]'s contract, at the least cost that Argon2 takes.

use std::sync::Arc;

use signet::{
    adapters::{hasher::Argon2Hasher, memory::MemoryHasher},
    crypto::argon2id::{self, Argon2Backend, HashMemory},
    domain::{Argon2Params, Argon2idHash, Password, PasswordHash},
    ports::PasswordHasher,
};

use crate::support::{
    clock::ManualClock,
    entropy::CountingEntropy,
    fixtures::pool_settings,
    foreign_hashes::{BCRYPT, COMPOSED, DECOMPOSED, FOREIGN_HASHES, imported},
};

macro_rules! suite {
    ($($name:ident)*) => {
        mod memory { $(
            #[tokio::test]
            async fn $name() {
                super::$name(&super::memory_hasher()).await;
            }
        )* }
        mod pool { $(
            #[tokio::test]
            async fn $name() {
                super::$name(&super::pool_hasher(super::Argon2Backend::Portable)).await;
            }
        )* }
        mod pool_that_verifies_with_simd { $(
            #[tokio::test]
            async fn $name() {
                super::$name(&super::pool_hasher(super::Argon2Backend::Simd)).await;
            }
        )* }
    };
}

suite! {
    the_right_password_verifies_and_others_do_not
    a_hash_is_a_phc_string_that_names_its_parameters
    two_hashes_of_one_password_differ
    passwords_are_told_apart_to_their_last_byte
    the_spellings_of_one_text_are_one_password
    a_hash_is_outdated_when_its_parameters_differ
    an_older_hash_verifies_with_its_own_parameters
    an_imported_hash_is_verified_on_the_bytes_as_they_are_typed
    an_imported_hash_is_outdated_whatever_its_parameters
    the_decoy_costs_what_a_new_hash_costs
    the_decoy_matches_no_password
    many_at_once_are_all_answered
}

fn memory_hasher() -> MemoryHasher {
    MemoryHasher::new(params(8, 1, 1), Arc::new(CountingEntropy::default())).unwrap()
}

fn pool_hasher(backend: Argon2Backend) -> Argon2Hasher {
    Argon2Hasher::new(
        params(8, 1, 1),
        pool_settings(2),
        backend,
        Arc::new(ManualClock::new()),
        Arc::new(CountingEntropy::default()),
    )
    .unwrap()
}

async fn the_right_password_verifies_and_others_do_not(hasher: &dyn PasswordHasher) {
    let hash = hasher.hash(&password("correct horse")).await.unwrap();
    assert!(verify(hasher, "correct horse", &hash).await);
    for other in ["correct hors", "correct horse ", "Correct horse", "x"] {
        assert!(!verify(hasher, other, &hash).await, "{other}");
    }
}

async fn a_hash_is_a_phc_string_that_names_its_parameters(hasher: &dyn PasswordHasher) {
    let hash = hasher.hash(&password("correct horse")).await.unwrap();
    let text = hash.to_string();
    assert!(text.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{text}");
    assert_eq!(text.parse(), Ok(hash));
}

async fn two_hashes_of_one_password_differ(hasher: &dyn PasswordHasher) {
    let one = hasher.hash(&password("correct horse")).await.unwrap();
    let other = hasher.hash(&password("correct horse")).await.unwrap();
    let (one, other) = (own(&one).as_argon2(), own(&other).as_argon2());
    assert_ne!(one.salt(), other.salt());
    assert_ne!(one.output(), other.output());
}

async fn passwords_are_told_apart_to_their_last_byte(hasher: &dyn PasswordHasher) {
    let longest = "x".repeat(Password::MAX_BYTES);
    let hash = hasher.hash(&password(&longest)).await.unwrap();
    assert!(verify(hasher, &longest, &hash).await);
    let last = Password::MAX_BYTES - 1;
    assert!(!verify(hasher, &longest[..last], &hash).await);
    assert!(!verify(hasher, &(longest[..last].to_owned() + "y"), &hash).await);
}

async fn the_spellings_of_one_text_are_one_password(hasher: &dyn PasswordHasher) {
    // Composed and decomposed; a ligature and its letters; full width.
    let (one, other) = (
        "caf\u{e9} \u{fb01}n \u{1f511}",
        "cafe\u{301} \u{ff46}in \u{1f511}",
    );
    for (chosen, typed) in [(one, other), (other, one)] {
        let hash = hasher.hash(&password(chosen)).await.unwrap();
        assert!(verify(hasher, chosen, &hash).await);
        assert!(verify(hasher, typed, &hash).await);
        assert!(!verify(hasher, "cafe fin \u{1f511}", &hash).await);
    }
}

async fn a_hash_is_outdated_when_its_parameters_differ(hasher: &dyn PasswordHasher) {
    let current = hasher.hash(&password("correct horse")).await.unwrap();
    assert!(!hasher.is_outdated(&current));
    for (memory_kib, iterations, parallelism) in [(9, 1, 1), (8, 2, 1), (16, 1, 2)] {
        let other = hash_with(params(memory_kib, iterations, parallelism));
        assert!(hasher.is_outdated(&other), "{other}");
    }
}

async fn an_older_hash_verifies_with_its_own_parameters(hasher: &dyn PasswordHasher) {
    let older = hash_with(params(64, 2, 2));
    assert!(verify(hasher, "correct horse", &older).await);
    assert!(!verify(hasher, "wrong horse", &older).await);
    // And leaves nothing behind that changes the next, smaller one.
    let current = hash_with(params(8, 1, 1));
    assert!(verify(hasher, "correct horse", &current).await);
}

async fn an_imported_hash_is_verified_on_the_bytes_as_they_are_typed(hasher: &dyn PasswordHasher) {
    for (text, hash) in FOREIGN_HASHES {
        let hash = imported(hash);
        assert!(verify(hasher, text, &hash).await, "{text:?} {hash}");
        assert!(!verify(hasher, "wrong horse", &hash).await, "{hash}");
        if text == COMPOSED {
            assert!(!verify(hasher, DECOMPOSED, &hash).await, "{hash}");
        }
    }
    // And leave nothing behind that changes the next one.
    let own = hasher.hash(&password("correct horse")).await.unwrap();
    assert!(verify(hasher, "correct horse", &own).await);
}

async fn an_imported_hash_is_outdated_whatever_its_parameters(hasher: &dyn PasswordHasher) {
    let own = hasher.hash(&password("correct horse")).await.unwrap();
    assert!(hasher.is_outdated(&imported(&own.to_string())));
    assert!(hasher.is_outdated(&imported(BCRYPT)));
}

async fn the_decoy_costs_what_a_new_hash_costs(hasher: &dyn PasswordHasher) {
    let new = hasher.hash(&password("anything")).await.unwrap();
    let decoy = hasher.decoy();
    assert_eq!(decoy.params(), new.params());
    assert!(!hasher.is_outdated(decoy));
    let (decoy, new) = (own(decoy).as_argon2(), own(&new).as_argon2());
    assert_eq!(decoy.salt().len(), new.salt().len());
    assert_eq!(decoy.output().len(), new.output().len());
}

async fn the_decoy_matches_no_password(hasher: &dyn PasswordHasher) {
    for text in ["anything", " ", "password"] {
        assert!(!verify(hasher, text, hasher.decoy()).await);
    }
}

async fn many_at_once_are_all_answered(hasher: &dyn PasswordHasher) {
    let hash = hasher.hash(&password("correct horse")).await.unwrap();
    let (right, wrong) = (password("correct horse"), password("wrong horse"));
    for _ in 0..50 {
        let answers = tokio::join!(
            hasher.verify(&right, &hash),
            hasher.verify(&wrong, &hash),
            hasher.verify(&wrong, hasher.decoy()),
            hasher.verify(&right, &hash),
        );
        assert!(answers.0.unwrap());
        assert!(!answers.1.unwrap());
        assert!(!answers.2.unwrap());
        assert!(answers.3.unwrap());
    }
}

async fn verify(hasher: &dyn PasswordHasher, text: &str, hash: &PasswordHash) -> bool {
    hasher.verify(&password(text), hash).await.unwrap()
}

fn hash_with(params: Argon2Params) -> PasswordHash {
    let memory = &mut HashMemory::default();
    let hash = argon2id::hash(&password("correct horse"), &[7; 16], params, memory);
    PasswordHash::Own(hash.unwrap())
}

fn own(hash: &PasswordHash) -> &Argon2idHash {
    match hash {
        PasswordHash::Own(hash) => hash,
        PasswordHash::Imported(_) => panic!("it was imported"),
    }
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned()).unwrap()
}

fn params(memory_kib: u32, iterations: u32, parallelism: u32) -> Argon2Params {
    Argon2Params::new(memory_kib, iterations, parallelism).unwrap()
}

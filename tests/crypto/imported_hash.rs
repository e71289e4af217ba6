//! Hashes of other implementations are verified as those do.

use signet::{
    crypto::{argon2id::HashMemory, password_hash},
    domain::{Argon2Params, Password},
};

use crate::support::foreign_hashes::{COMPOSED, DECOMPOSED, FOREIGN_HASHES, imported};

fn verifies(password: &str, hash: &str) -> bool {
    let password = Password::new(password.to_owned()).unwrap();
    let mut memory = HashMemory::default();
    password_hash::verify(&password, &imported(hash), &mut memory).unwrap()
}

#[test]
fn what_other_programs_hashed_verifies_and_nothing_else_does() {
    for (password, hash) in FOREIGN_HASHES {
        assert!(verifies(password, hash), "{password:?} {hash}");
        for other in [format!("!{password}"), password.to_uppercase() + "!"] {
            assert!(!verifies(&other, hash), "{other:?} {hash}");
        }
    }
}

#[test]
fn the_bytes_as_they_are_typed_count() {
    for (password, hash) in FOREIGN_HASHES {
        match password {
            COMPOSED => assert!(!verifies(DECOMPOSED, hash), "{hash}"),
            DECOMPOSED => assert!(!verifies(COMPOSED, hash), "{hash}"),
            _ => {}
        }
    }
}

#[test]
fn bcrypt_takes_the_first_seventy_two_bytes_and_argon2_all() {
    let (x71, x72) = ("x".repeat(71), "x".repeat(72));
    let hash_of = |password: &str| {
        let mut known = FOREIGN_HASHES.iter();
        known.find(|(known, _)| *known == password).unwrap().1
    };
    for longer in ["", "x", "y", "\0", "ü"] {
        assert!(
            verifies(&(x72.clone() + longer), hash_of(&x72)),
            "{longer:?}"
        );
    }
    assert!(!verifies(&x71, hash_of(&x72)));
    assert!(!verifies(&(x71.clone() + "y"), hash_of(&x72)));
    assert!(!verifies(&x72, hash_of(&x71)));
    let (_, argon2) = FOREIGN_HASHES.last().unwrap();
    assert!(!verifies(&format!("correct horse{x72}"), argon2));
}

#[test]
fn a_nul_ends_no_password() {
    let (_, hash) = FOREIGN_HASHES
        .iter()
        .find(|(password, _)| password.contains('\0'))
        .unwrap();
    assert!(!verifies("abc", hash));
    assert!(!verifies("abc\0", hash));
    assert!(!verifies("abc\0deg", hash));
}

#[test]
fn memory_that_held_a_larger_imported_hash_serves_the_next_one() {
    let mut memory = HashMemory::default();
    for _ in 0..2 {
        for (password, hash) in FOREIGN_HASHES {
            let password = Password::new(password.to_owned()).unwrap();
            assert!(password_hash::verify(&password, &imported(hash), &mut memory).unwrap());
        }
        memory.wipe(Argon2Params::new(8, 1, 1).unwrap());
    }
}

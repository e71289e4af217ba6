//! Verifying passwords against hashes of every kind. It takes up to a second:
//! never on an async thread.

use super::argon2id::{self, HashMemory, HashingFailed};
use crate::domain::{ImportedHash, Password, PasswordHash};

/// Whether `hash` was made of `password`, compared in constant time. An
/// imported hash was made of the bytes as they are typed.
///
/// bcrypt takes the first 72 bytes and a final NUL, as its implementations do;
/// a NUL within a password is a byte like others, as it is to those that know
/// a password's length (Go, Java, Python, Rust; the others cannot have been
/// given one).
pub fn verify(
    password: &Password,
    hash: &PasswordHash,
    memory: &mut HashMemory,
) -> Result<bool, HashingFailed> {
    let bytes = password.expose().as_bytes();
    match hash {
        PasswordHash::Own(hash) => argon2id::verify(password, hash, memory),
        PasswordHash::Imported(ImportedHash::Argon2(hash)) => {
            argon2id::verify_bytes(bytes, hash, memory)
        }
        PasswordHash::Imported(ImportedHash::Bcrypt(hash)) => {
            bcrypt::verify(bytes, hash.as_str()).map_err(HashingFailed::because)
        }
    }
}

//! Pure computation on domain values. What needs chance takes it as an
//! argument; what takes long says so and leaves the thread to its caller.

pub mod argon2id;
pub mod envelope;
pub mod jwks;
mod key_pair;
mod master_key;
mod master_keys;
mod private_key;
pub mod rsa;
pub mod sealed_key;
pub mod spki;

pub use key_pair::{SigningFailed, SigningKeyPair, UnusableKey, thumbprint};
pub use master_key::{MasterKey, MasterKeyFormat};
pub use master_keys::MasterKeys;
pub use private_key::PrivateKey;

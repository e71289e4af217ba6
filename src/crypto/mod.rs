//! Pure computation on domain values. What needs chance takes it as an
//! argument; what takes long says so and leaves the thread to its caller.

pub mod access_token;
pub mod argon2id;
mod client_secret;
pub mod envelope;
mod generate;
mod invite_code;
pub mod jwks;
mod key_pair;
mod key_type;
mod master_key;
mod master_keys;
mod name_digest;
mod parsed_key;
pub mod password_hash;
pub mod pem;
mod pem_block;
mod private_key;
pub mod refresh_token;
pub mod sealed_key;
mod shared_name;
pub mod spki;
mod unusable_key;
mod verifying_key;

pub use client_secret::ClientSecret;
pub use generate::{GenerationFailed, generate};
pub use invite_code::InviteCode;
pub use key_pair::{SigningKeyPair, thumbprint, thumbprint_of_jwk};
pub use key_type::{KeyType, UnsupportedKeyType};
pub use master_key::{MasterKey, MasterKeyFormat};
pub use master_keys::MasterKeys;
pub use name_digest::digest_of_name;
pub use private_key::PrivateKey;
pub use shared_name::SharedNames;
pub use unusable_key::{SigningFailed, UnusableKey};
pub use verifying_key::VerifyingKey;

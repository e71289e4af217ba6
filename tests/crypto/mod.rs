//! Envelope, master key, signing keys and the key set.

mod argon2_backends;
mod client_secret;
mod envelope;
mod generation;
mod imported_hash;
mod jwks;
mod key_pair;
mod master_key;
mod pem;
mod pem_refusals;
mod refresh_token;
mod shared_name;

use sha2::{Digest, Sha256};

/// What stands for a submitted account name where only its sameness matters,
/// whatever its case and length.
pub fn digest_of_name(name: &str) -> [u8; 32] {
    Sha256::digest(name.to_ascii_lowercase()).into()
}

use super::MasterKeyId;

/// A secret as it is stored: encrypted under a data key of its own, which is
/// wrapped under the master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub format_version: u16,
    /// The master key that wraps the data key.
    pub master_key_id: MasterKeyId,
    /// AES-KW of the 256-bit data key (RFC 3394).
    pub wrapped_data_key: [u8; 40],
    /// The 96-bit AES-GCM nonce.
    pub nonce: [u8; 12],
    /// AES-256-GCM of the secret, tag included.
    pub ciphertext: Vec<u8>,
}

use poem_openapi::Enum;

use crate::domain::SigningAlgorithm;

/// What a signing key signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "SigningAlgorithm")]
pub(super) enum AlgorithmName {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[oai(rename = "RS256")]
    Rs256,
    /// RSASSA-PSS with SHA-256.
    #[oai(rename = "PS256")]
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    #[oai(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[oai(rename = "EdDSA")]
    EdDsa,
}

impl From<SigningAlgorithm> for AlgorithmName {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::Rs256 => Self::Rs256,
            SigningAlgorithm::Ps256 => Self::Ps256,
            SigningAlgorithm::Es256 => Self::Es256,
            SigningAlgorithm::EdDsa => Self::EdDsa,
        }
    }
}

impl From<AlgorithmName> for SigningAlgorithm {
    fn from(name: AlgorithmName) -> Self {
        match name {
            AlgorithmName::Rs256 => Self::Rs256,
            AlgorithmName::Ps256 => Self::Ps256,
            AlgorithmName::Es256 => Self::Es256,
            AlgorithmName::EdDsa => Self::EdDsa,
        }
    }
}

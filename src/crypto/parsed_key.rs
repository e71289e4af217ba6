use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    error::{KeyRejected, Unspecified},
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RSA_PSS_SHA256, RsaKeyPair, RsaSignatureEncoding,
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, EllipticCurveKeyParameters, EllipticCurveKeyType,
    OctetKeyPairParameters, OctetKeyPairType, RSAKeyParameters, RSAKeyType,
};
use rsa::{
    pkcs1::RsaPublicKeyRef,
    pkcs8::{PrivateKeyInfoRef, der::Decode},
};
use zeroize::Zeroizing;

use super::{KeyType, PrivateKey, SigningFailed, UnusableKey, unusable_key::unusable};
use crate::domain::SigningAlgorithm;

/// A private key in the form that signs, checked for consistency.
pub(super) enum ParsedKey {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl ParsedKey {
    pub(super) fn new(private_key: &PrivateKey) -> Result<Self, UnusableKey> {
        let der = private_key.pkcs8_der();
        let info = PrivateKeyInfoRef::try_from(der)
            .map_err(|_| unusable("the private key is not PKCS#8"))?;
        let key_type = KeyType::from_pkcs8(&info).map_err(unusable)?;
        Self::from_pkcs8(key_type, der).map_err(unusable)
    }

    pub(super) fn from_pkcs8(key_type: KeyType, der: &[u8]) -> Result<Self, KeyRejected> {
        match key_type {
            KeyType::Rsa => RsaKeyPair::from_pkcs8(der).map(Self::Rsa),
            KeyType::P256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Self::P256)
            }
            KeyType::Ed25519 => Ed25519KeyPair::from_pkcs8(der).map(Self::Ed25519),
        }
    }

    /// From the form of RFC 8017 §A.1.2.
    pub(super) fn from_pkcs1(der: &[u8]) -> Result<Self, KeyRejected> {
        RsaKeyPair::from_der(der).map(Self::Rsa)
    }

    /// From the form of RFC 5915 §3, on P-256.
    pub(super) fn from_sec1(der: &[u8]) -> Result<Self, KeyRejected> {
        EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Self::P256)
    }

    pub(super) fn key_type(&self) -> KeyType {
        match self {
            Self::Rsa(_) => KeyType::Rsa,
            Self::P256(_) => KeyType::P256,
            Self::Ed25519(_) => KeyType::Ed25519,
        }
    }

    /// The JWS signature of `message`: for ES256 the two numbers in 32 bytes
    /// each (RFC 7518 §3.4). A key of another type signs nothing.
    pub(super) fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        let signed = match (algorithm, self) {
            (SigningAlgorithm::Rs256, Self::Rsa(key)) => sign_rsa(key, &RSA_PKCS1_SHA256, message),
            (SigningAlgorithm::Ps256, Self::Rsa(key)) => sign_rsa(key, &RSA_PSS_SHA256, message),
            (SigningAlgorithm::Es256, Self::P256(key)) => key
                .sign(&SystemRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec()),
            (SigningAlgorithm::EdDsa, Self::Ed25519(key)) => key
                .try_sign(message)
                .map(|signature| signature.as_ref().to_vec()),
            (_, other) => {
                let given = other.key_type();
                return Err(SigningFailed::new(format!(
                    "{algorithm} takes no {given} key"
                )));
            }
        };
        signed.map_err(SigningFailed::new)
    }

    /// The public members of a JWK (RFC 7518 §6.2.1 and §6.3.1, RFC 8037 §2).
    pub(super) fn public_parameters(&self) -> Result<AlgorithmParameters, UnusableKey> {
        match self {
            Self::Rsa(key) => {
                let public =
                    RsaPublicKeyRef::from_der(key.public_key().as_ref()).map_err(unusable)?;
                Ok(rsa_parameters(&public))
            }
            // 0x04 and the two coordinates (SEC 1 §2.3.3).
            Self::P256(key) => match key.public_key().as_ref() {
                [4, point @ ..] if point.len() == 64 => Ok(p256_parameters(point.split_at(32))),
                _ => Err(unusable("the public key is no uncompressed point")),
            },
            Self::Ed25519(key) => Ok(AlgorithmParameters::OctetKeyPair(OctetKeyPairParameters {
                key_type: OctetKeyPairType::OctetKeyPair,
                curve: EllipticCurve::Ed25519,
                x: encode(key.public_key().as_ref()),
            })),
        }
    }

    /// The private key in the first version of PKCS#8, which every tool reads.
    pub(super) fn to_private_key(&self) -> Result<PrivateKey, Unspecified> {
        Ok(match self {
            Self::Rsa(key) => copied(AsDer::<Pkcs8V1Der<'_>>::as_der(key)?.as_ref()),
            Self::P256(key) => copied(key.to_pkcs8v1()?.as_ref()),
            Self::Ed25519(key) => copied(key.to_pkcs8v1()?.as_ref()),
        })
    }
}

fn sign_rsa(
    key: &RsaKeyPair,
    encoding: &'static RsaSignatureEncoding,
    message: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(encoding, &SystemRandom::new(), message, &mut signature)?;
    Ok(signature)
}

fn rsa_parameters(key: &RsaPublicKeyRef<'_>) -> AlgorithmParameters {
    AlgorithmParameters::RSA(RSAKeyParameters {
        key_type: RSAKeyType::RSA,
        n: encode(key.modulus.as_bytes()),
        e: encode(key.public_exponent.as_bytes()),
    })
}

fn p256_parameters((x, y): (&[u8], &[u8])) -> AlgorithmParameters {
    AlgorithmParameters::EllipticCurve(EllipticCurveKeyParameters {
        key_type: EllipticCurveKeyType::EC,
        curve: EllipticCurve::P256,
        x: encode(x),
        y: encode(y),
    })
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn copied(pkcs8_der: &[u8]) -> PrivateKey {
    PrivateKey::from_pkcs8_der(Zeroizing::new(pkcs8_der.to_vec()))
}

impl fmt::Debug for ParsedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParsedKey({})", self.key_type())
    }
}

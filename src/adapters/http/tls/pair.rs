use std::{fmt, io, path::PathBuf, sync::Arc};

use rustls::{
    crypto::aws_lc_rs::sign::any_supported_type,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    files::{Contents, TlsFiles},
    validity::Validity,
};

/// A certificate and the key that belongs to it.
pub struct TlsPair {
    pub(super) key: Arc<CertifiedKey>,
    pub validity: Validity,
}

/// Why a certificate and a key cannot be used. Nothing of a key is repeated.
#[derive(Debug, Error)]
pub enum TlsPairError {
    #[error("cannot read {}: {error}", .path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{} holds no certificate in PEM", .0.display())]
    NoCertificate(PathBuf),
    #[error("the certificate in {} cannot be read", .0.display())]
    Malformed(PathBuf),
    #[error("{} holds no private key in PEM that is not encrypted", .0.display())]
    NoKey(PathBuf),
    #[error("the private key in {} is of no kind that TLS uses", .0.display())]
    UnusableKey(PathBuf),
    #[error("the private key in {} does not belong to the certificate in {}",
        .0.key.display(), .0.certificate.display())]
    Mismatch(TlsFiles),
}

impl TlsPair {
    pub fn read(files: &TlsFiles) -> Result<Self, TlsPairError> {
        Self::parse(files, &files.read()?)
    }

    pub(super) fn parse(files: &TlsFiles, contents: &Contents) -> Result<Self, TlsPairError> {
        let TlsFiles { certificate, key } = files;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&contents.certificate)
            .collect::<Result<_, _>>()
            .map_err(|_| TlsPairError::NoCertificate(certificate.clone()))?;
        let first = chain
            .first()
            .ok_or_else(|| TlsPairError::NoCertificate(certificate.clone()))?;
        let validity =
            Validity::of(first).ok_or_else(|| TlsPairError::Malformed(certificate.clone()))?;
        let private_key = PrivateKeyDer::from_pem_slice(&contents.key)
            .map(Zeroizing::new)
            .map_err(|_| TlsPairError::NoKey(key.clone()))?;
        let signer =
            any_supported_type(&private_key).map_err(|_| TlsPairError::UnusableKey(key.clone()))?;
        let pair = CertifiedKey::new(chain, signer);
        pair.keys_match()
            .map_err(|_| TlsPairError::Mismatch(files.clone()))?;
        Ok(Self {
            key: Arc::new(pair),
            validity,
        })
    }
}

impl fmt::Debug for TlsPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsPair")
            .field("validity", &self.validity)
            .finish_non_exhaustive()
    }
}

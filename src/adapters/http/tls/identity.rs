use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::default_provider,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

use super::{
    files::TlsFiles,
    pair::{TlsPair, TlsPairError},
    validity::Validity,
};

/// The pair that new connections are given, which may be replaced meanwhile.
pub struct TlsIdentity {
    files: TlsFiles,
    /// One value, so that what is told of a certificate is of the one that is shown.
    current: ArcSwap<TlsPair>,
    /// Of what was last tried, so that what is wrong is told once.
    tried: Mutex<[u8; 32]>,
}

impl TlsIdentity {
    pub fn load(files: TlsFiles) -> Result<Arc<Self>, TlsPairError> {
        let contents = files.read()?;
        let pair = TlsPair::parse(&files, &contents)?;
        Ok(Arc::new(Self {
            current: ArcSwap::from_pointee(pair),
            tried: Mutex::new(contents.digest()),
            files,
        }))
    }

    /// Of the certificate that a connection which begins now is given.
    pub fn validity(&self) -> Validity {
        self.current.load().validity
    }

    /// Takes over what the files hold now; a pair that cannot be used leaves the
    /// former one in force. `None` where nothing has changed since the last time.
    pub fn reload(&self) -> Option<Result<Validity, TlsPairError>> {
        let read = self.files.read();
        let digest = match &read {
            Ok(contents) => contents.digest(),
            Err(error) => Sha256::digest(error.to_string()).into(),
        };
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *tried, digest) == digest {
            return None;
        }
        let pair = read.and_then(|contents| TlsPair::parse(&self.files, &contents));
        Some(pair.map(|pair| {
            let validity = pair.validity;
            self.current.store(Arc::new(pair));
            validity
        }))
    }

    /// TLS 1.2 and 1.3, and HTTP/1.1 within (RFC 7301).
    pub(in super::super) fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, rustls::Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl ResolvesServerCert for TlsIdentity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load().key.clone())
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsIdentity")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

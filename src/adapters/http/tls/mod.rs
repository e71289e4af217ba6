//! TLS to clients: the certificate and its key, and what is spoken with them.

mod files;
mod identity;
mod pair;
mod validity;

pub use files::TlsFiles;
pub use identity::TlsIdentity;
pub use pair::{TlsPair, TlsPairError};
pub use validity::Validity;

//! TLS to clients: the certificate and its key, and what is spoken with them.

mod files;
mod identity;
mod own_server;
mod pair;
mod validity;

pub use files::TlsFiles;
pub use identity::TlsIdentity;
pub use own_server::speak_to_own_server;
pub use pair::{TlsPair, TlsPairError};
pub use validity::Validity;

//! What the server can do, one verb a file. A use case holds the ports that it
//! needs and has one `run`.

mod admit_request;
mod authenticate;
mod check_readiness;
mod field_error;
mod key_ring;
mod load_signing_keys;
mod publish_keys;
mod register_user;

pub use admit_request::{AdmitRequest, Admitted, RateLimits};
pub use authenticate::{Authenticate, AuthenticateError, IssuedToken};
pub use check_readiness::{CheckReadiness, Readiness};
pub use field_error::FieldError;
pub use key_ring::{KeyRing, LoadedKeys};
pub use load_signing_keys::{LoadKeysError, LoadSigningKeys, UnopenedKeys};
pub use publish_keys::PublishKeys;
pub use register_user::{RegisterUser, RegisterUserError, RegisteredUser};

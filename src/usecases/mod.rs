//! What the server can do, one verb a file. A use case holds the ports that it
//! needs and has one `run`.

mod admit_request;
mod authenticate;
mod check_readiness;
pub mod clients;
mod field_error;
pub mod keys;
mod register_user;
pub mod sessions;
mod token_issuer;
pub mod tokens;

pub use admit_request::{AdmitRequest, Admitted, RateLimits};
pub use authenticate::{Authenticate, AuthenticateError};
pub use check_readiness::{CheckReadiness, Readiness};
pub use field_error::FieldError;
pub use register_user::{RegisterUser, RegisterUserError, RegisteredUser};
pub use token_issuer::{IssuedLogin, IssuedToken, TokenIssuer};

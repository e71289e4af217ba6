//! What the server can do, one verb a file. A use case holds the ports that it
//! needs and has one `run`.

mod account_guard;
pub mod accounts;
mod admit_request;
pub mod audit;
pub mod auth_log;
mod authenticate;
mod calibrate_hashing;
mod check_readiness;
pub mod clients;
mod field_error;
mod initiator;
pub mod invites;
mod issued_tokens;
pub mod keys;
mod purge;
pub mod sessions;
mod token_issuer;
pub mod tokens;
mod unique_fields;

pub use account_guard::{AccountGuard, GuardError};
pub use admit_request::{AdmitRequest, Admitted, ChangeRefused, RateLimits};
pub use authenticate::{Authenticate, AuthenticateError};
pub use calibrate_hashing::{CalibrateHashing, Calibrated, CalibrationError};
pub use check_readiness::{CheckReadiness, Readiness};
pub use field_error::{FieldError, FieldErrors};
pub use initiator::Initiator;
pub use issued_tokens::{Grant, IssuedTokens};
pub use token_issuer::{IssuedLogin, IssuedToken, TokenIssuer};
pub use unique_fields::UniqueFields;

//! The use cases on fakes.

mod accounts;
mod admit_request;
mod authenticate;
mod check_readiness;
mod keys;
mod register_user;
mod sessions;

//! The use cases on fakes.

mod admit_request;
mod auth_log;
mod authenticate;
mod check_readiness;
mod keys;
mod register_user;
mod sessions;

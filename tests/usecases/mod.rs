//! The use cases on fakes.

mod account_guard;
mod accounts;
mod admit_request;
mod audit_log;
mod auth_log;
mod authenticate;
mod calibrate_hashing;
mod check_readiness;
mod import_users;
mod keys;
mod sessions;

//! The values of the domain: what they accept, and what they never show.

mod address_range;
mod argon2_params;
mod claims;
mod client;
mod client_address;
mod email;
mod imported_hash;
mod password;
mod password_policy;
mod password_spelling;
mod rate_limit;
mod refresh_history;
mod request;
mod session;
mod signing_key;
mod summary_interval;
mod username;

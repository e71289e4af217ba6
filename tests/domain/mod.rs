//! The values of the domain: what they accept, and what they never show.

mod argon2_params;
mod claims;
mod client_address;
mod email;
mod password;
mod rate_limit;
mod request;
mod signing_key;
mod username;

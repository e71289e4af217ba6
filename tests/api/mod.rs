//! The server over real TCP, one file per route or layer.

mod auth;
mod auth_events;
mod bearer;
mod client_ip;
mod cors;
mod docs;
mod health;
mod jwks;
mod me;
mod metadata;
mod oauth;
mod rate_limit;
mod refusals;
mod register;
mod request_id;
mod token;

//! The server over real TCP, one file per route or layer.

mod admin;
mod auth;
mod auth_events;
mod bearer;
mod client_ip;
mod clock_jumps;
mod cors;
mod docs;
mod every_answer;
mod health;
mod imported_users;
mod jwks;
mod layers;
mod limits_away;
mod me;
mod metadata;
mod metrics;
mod oauth;
mod password_strength;
mod rate_limit;
mod refusals;
mod register;
mod request_id;
mod security_headers;
mod token;

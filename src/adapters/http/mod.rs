//! The HTTP API and its OpenAPI description.
#![allow(
    clippy::unused_async,
    reason = "poem-openapi wants every handler to be async"
)]

mod accounts;
mod authentication;
mod body_limit;
mod client_ip;
mod cors;
mod detached;
mod health;
mod json_body;
mod key_set;
mod methods;
mod problem;
mod rate_limit;
mod refusal;
mod request_context;
mod service;

use std::sync::Arc;

use poem_openapi::Tags;

use crate::{
    ports::Entropy,
    usecases::{AdmitRequest, Authenticate, CheckReadiness, RegisterUser, keys::PublishKeys},
};

pub use client_ip::{ClientIpHeader, ClientIpPolicy};
pub use service::{endpoint, serve, spec};

/// What the API can be asked to do.
pub struct UseCases {
    pub register_user: Arc<RegisterUser>,
    pub authenticate: Arc<Authenticate>,
    pub publish_keys: PublishKeys,
    pub check_readiness: CheckReadiness,
    pub admit_request: Arc<AdmitRequest>,
}

/// What the HTTP side itself is told.
pub struct HttpSettings {
    pub client_ip: ClientIpPolicy,
    /// The origins whose pages may read answers, like `https://app.example`.
    pub cors_origins: Vec<String>,
    /// Makes request ids.
    pub entropy: Arc<dyn Entropy>,
}

/// The operations' groups.
#[derive(Tags)]
enum Tag {
    /// Opening accounts
    Accounts,
    /// Logging in
    Authentication,
    /// The public keys that verify tokens
    Keys,
    /// For whoever runs the server
    Health,
}

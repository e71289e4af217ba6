//! The HTTP API and its OpenAPI description.
#![allow(
    clippy::unused_async,
    reason = "poem-openapi wants every handler to be async"
)]

mod access_log;
mod account;
mod admin;
mod answers;
mod auth_event;
mod authentication;
mod bearer;
mod body_limit;
mod client_ip;
mod cors;
mod description;
mod detached;
mod examples;
mod field_examples;
mod health;
mod json_body;
mod key_set;
mod layers;
mod me;
mod my_auth_events;
mod my_requests;
mod my_sessions;
mod nullable;
mod oauth;
mod optional_json_body;
mod own_type;
mod page;
mod parameter_examples;
mod password_strength;
mod paths;
mod problem;
mod rate_limit;
mod ready_header;
mod ready_key_set;
mod refusal;
mod registration;
mod report;
mod request_context;
mod router;
mod secret_text;
mod security_headers;
mod server;
mod service;
mod signing_algorithm;
mod times;
mod tls;
mod token_type;
mod traceparent;

use std::sync::Arc;

use poem_openapi::Tags;

use crate::{
    domain::AccessTokenPolicy,
    ports::{Clock, Entropy},
    usecases::{
        AdmitRequest, Authenticate, CheckReadiness,
        accounts::{ChangePassword, CloseAccount, RatePassword, RegisterUser, UpdateUser},
        auth_log::ListAuthEvents,
        clients::{AuthenticateClient, IssueClientToken},
        keys::PublishKeys,
        sessions::{EndAllSessions, EndSession, ListSessions, RefreshSession},
        tokens::{AuthorizeUser, IntrospectToken, RevokeToken},
    },
};

pub use admin::AdminUseCases;
pub use client_ip::{ClientIpHeader, ClientIpPolicy};
pub use layers::layered;
pub use paths::Paths;
pub use report::{Answered, RequestMeter};
pub use server::{ConnectionBounds, Drain, DrainTimings, ServerSettings, serve};
pub use service::{endpoint, spec};
pub use tls::{TlsFiles, TlsIdentity, TlsPair, TlsPairError, Validity, speak_to_own_server};

/// What the API can be asked to do.
#[derive(Clone)]
pub struct UseCases {
    /// What tokens say, and so what the metadata says.
    pub policy: AccessTokenPolicy,
    pub register_user: Arc<RegisterUser>,
    pub rate_password: Arc<RatePassword>,
    pub authenticate: Arc<Authenticate>,
    pub refresh_session: Arc<RefreshSession>,
    pub list_sessions: Arc<ListSessions>,
    pub list_auth_events: Arc<ListAuthEvents>,
    pub end_session: Arc<EndSession>,
    pub end_all_sessions: Arc<EndAllSessions>,
    pub authorize_user: Arc<AuthorizeUser>,
    pub update_user: Arc<UpdateUser>,
    pub change_password: Arc<ChangePassword>,
    pub close_account: Arc<CloseAccount>,
    pub authenticate_client: Arc<AuthenticateClient>,
    pub issue_client_token: IssueClientToken,
    pub introspect_token: IntrospectToken,
    pub revoke_token: Arc<RevokeToken>,
    pub publish_keys: PublishKeys,
    pub check_readiness: CheckReadiness,
    pub admin: Arc<AdminUseCases>,
    pub admit_request: Arc<AdmitRequest>,
}

/// What the HTTP side itself is told.
pub struct HttpSettings {
    pub client_ip: ClientIpPolicy,
    /// The origins whose pages may read answers, like `https://app.example`.
    pub cors_origins: Vec<String>,
    /// Makes request ids.
    pub entropy: Arc<dyn Entropy>,
    /// Tells how long answers take.
    pub clock: Arc<dyn Clock>,
    /// Whether there is a line in the log for every request.
    pub access_log: bool,
    /// Counts the answers.
    pub meter: Option<Arc<dyn RequestMeter>>,
    /// Tells when the server is stopping.
    pub drain: Drain,
}

/// The operations' groups.
#[derive(Tags)]
enum Tag {
    /// Opening accounts, and the user's own
    Accounts,
    /// Logging in, and tokens
    Authentication,
    /// The user behind an access token
    Sessions,
    /// For admins
    Administration,
    /// The public keys that verify tokens
    Keys,
    /// For whoever runs the server
    Health,
}

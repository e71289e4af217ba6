//! Administration: every operation wants the access token of an account that
//! has the role `admin` when the request is made, and asks for that first.

mod audit_events;
mod audit_names;
mod auth_events;
mod auth_export;
mod auth_summary;
mod client_items;
mod clients;
mod invites;
mod key_items;
mod keys;
mod requests;
mod user_items;
mod user_sessions;
mod users;

use std::sync::Arc;

use self::{
    audit_events::AuditEventsApi, auth_events::AuthEventsApi, auth_summary::AuthSummaryApi,
    clients::ClientsApi, invites::InvitesApi, keys::KeysApi, user_sessions::UserSessionsApi,
    users::UsersApi,
};
use super::{
    bearer::{ADMINS_ONLY, UNAUTHORIZED},
    refusal::{
        BAD_QUERY, BAD_REQUEST, Documented, INTERNAL_ERROR, REQUEST_TIMEOUT, Refusals, UNAVAILABLE,
        UNSUPPORTED_MEDIA_TYPE,
    },
};
use crate::usecases::{
    accounts::{CreateUser, DeleteUser, FindUser, ListUsers, ResetPassword, UpdateUser},
    audit::ListAuditEvents,
    auth_log::{ExportAuthEvents, ListAuthEvents, SummarizeAuthEvents},
    clients::{CreateClient, DeleteClient, ListClients},
    invites::{CreateInvite, DeleteInvite, ListInvites},
    keys::{ListKeys, MaintainKeys, RevokeKey, RotateKeys},
    sessions::{EndAllSessions, ListSessions},
    tokens::AuthorizeAdmin,
};

/// What admins can ask for.
pub struct AdminUseCases {
    pub authorize_admin: Arc<AuthorizeAdmin>,
    pub create_user: Arc<CreateUser>,
    pub find_user: Arc<FindUser>,
    pub list_users: Arc<ListUsers>,
    pub update_user: Arc<UpdateUser>,
    pub delete_user: Arc<DeleteUser>,
    pub reset_password: Arc<ResetPassword>,
    pub list_sessions: Arc<ListSessions>,
    pub end_all_sessions: Arc<EndAllSessions>,
    pub create_invite: Arc<CreateInvite>,
    pub list_invites: Arc<ListInvites>,
    pub delete_invite: Arc<DeleteInvite>,
    pub create_client: Arc<CreateClient>,
    pub list_clients: Arc<ListClients>,
    pub delete_client: Arc<DeleteClient>,
    pub list_keys: Arc<ListKeys>,
    pub rotate_keys: Arc<RotateKeys>,
    pub revoke_key: Arc<RevokeKey>,
    /// The server's own, for it to go by what was changed.
    pub maintain_keys: Arc<MaintainKeys>,
    pub list_audit_events: Arc<ListAuditEvents>,
    pub list_auth_events: Arc<ListAuthEvents>,
    pub export_auth_events: Arc<ExportAuthEvents>,
    pub summarize_auth_events: Arc<SummarizeAuthEvents>,
}

pub(super) type AdminApis = (
    UsersApi,
    UserSessionsApi,
    InvitesApi,
    ClientsApi,
    KeysApi,
    AuditEventsApi,
    AuthEventsApi,
    AuthSummaryApi,
);

pub(super) fn apis(usecases: Arc<AdminUseCases>) -> AdminApis {
    (
        UsersApi(usecases.clone()),
        UserSessionsApi(usecases.clone()),
        InvitesApi(usecases.clone()),
        ClientsApi(usecases.clone()),
        KeysApi(usecases.clone()),
        AuditEventsApi(usecases.clone()),
        AuthEventsApi(usecases.clone()),
        AuthSummaryApi(usecases),
    )
}

const NOT_FOUND: Documented = (
    404,
    &["not_found"],
    "`not_found`: there is nothing of this id",
);
const LAST_ADMIN: Documented = (
    409,
    &["last_admin"],
    "`last_admin`: nobody could administer the server any more",
);
const BUSY: Documented = (
    503,
    &["busy", "unavailable"],
    "`busy`: too many passwords are waiting to be hashed; or `unavailable`: the database does not answer",
);

/// What every list may refuse.
struct ListRefusals;

impl Refusals for ListRefusals {
    const LIST: &'static [Documented] = &[
        BAD_QUERY,
        UNAUTHORIZED,
        ADMINS_ONLY,
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

/// What an operation on one thing may refuse.
struct ItemRefusals;

impl Refusals for ItemRefusals {
    const LIST: &'static [Documented] = &[
        UNAUTHORIZED,
        ADMINS_ONLY,
        NOT_FOUND,
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

/// What an operation that makes a thing without a name may refuse.
struct CreateRefusals;

impl Refusals for CreateRefusals {
    const LIST: &'static [Documented] = &[
        BAD_REQUEST,
        UNAUTHORIZED,
        ADMINS_ONLY,
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

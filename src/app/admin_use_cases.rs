//! The use cases of admins, who reach them over HTTP and from the command
//! line.

use std::sync::Arc;

use super::Ports;
use crate::{
    adapters::http::AdminUseCases,
    config::Config,
    usecases::{
        accounts::{
            CreateUser, DeleteUser, FindUser, ImportUsers, ListUsers, ResetPassword, UpdateUser,
        },
        audit::ListAuditEvents,
        clients::{CreateClient, DeleteClient, ListClients},
        invites::{CreateInvite, DeleteInvite, ListInvites},
        keys::MaintainKeys,
        sessions::{EndAllSessions, ListSessions},
        tokens::{AuthorizeAdmin, AuthorizeUser},
    },
};

impl Ports {
    pub(super) fn admin_use_cases(
        &self,
        authorize_user: &Arc<AuthorizeUser>,
        config: &Config,
        maintain_keys: Arc<MaintainKeys>,
    ) -> AdminUseCases {
        AdminUseCases {
            authorize_admin: Arc::new(AuthorizeAdmin {
                authorize_user: authorize_user.clone(),
            }),
            create_user: Arc::new(self.create_user()),
            find_user: Arc::new(self.find_user()),
            list_users: Arc::new(self.list_users()),
            update_user: Arc::new(self.update_user()),
            delete_user: Arc::new(self.delete_user()),
            reset_password: Arc::new(self.reset_password()),
            list_sessions: Arc::new(self.list_sessions(config)),
            end_all_sessions: Arc::new(self.end_all_sessions()),
            create_invite: Arc::new(self.create_invite()),
            list_invites: Arc::new(self.list_invites()),
            delete_invite: Arc::new(self.delete_invite()),
            create_client: Arc::new(self.create_client()),
            list_clients: Arc::new(self.list_clients()),
            delete_client: Arc::new(self.delete_client()),
            list_keys: Arc::new(self.list_keys(config)),
            rotate_keys: Arc::new(self.rotate_keys(config, &maintain_keys.master_keys)),
            revoke_key: Arc::new(self.revoke_key(config, &maintain_keys.master_keys)),
            maintain_keys,
            list_audit_events: Arc::new(self.list_audit_events()),
            list_auth_events: Arc::new(self.list_auth_events()),
            export_auth_events: Arc::new(self.export_auth_events()),
            summarize_auth_events: Arc::new(self.summarize_auth_events()),
        }
    }

    pub fn create_user(&self) -> CreateUser {
        CreateUser {
            users: self.users.clone(),
            hasher: self.hasher.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    pub fn find_user(&self) -> FindUser {
        FindUser {
            users: self.users.clone(),
        }
    }

    pub fn list_users(&self) -> ListUsers {
        ListUsers {
            users: self.users.clone(),
        }
    }

    pub fn update_user(&self) -> UpdateUser {
        UpdateUser {
            users: self.users.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn delete_user(&self) -> DeleteUser {
        DeleteUser {
            users: self.users.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn reset_password(&self) -> ResetPassword {
        ResetPassword {
            users: self.users.clone(),
            hasher: self.hasher.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    pub fn import_users(&self, config: &Config) -> ImportUsers {
        ImportUsers {
            users: self.users.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            argon2: config.argon2,
        }
    }

    pub fn list_sessions(&self, config: &Config) -> ListSessions {
        ListSessions {
            sessions: self.sessions.clone(),
            clock: self.clock.clone(),
            reuse_window: config.session_terms.reuse_window,
        }
    }

    pub fn end_all_sessions(&self) -> EndAllSessions {
        EndAllSessions {
            sessions: self.sessions.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn create_invite(&self) -> CreateInvite {
        CreateInvite {
            invites: self.invites.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    pub fn list_invites(&self) -> ListInvites {
        ListInvites {
            invites: self.invites.clone(),
        }
    }

    pub fn delete_invite(&self) -> DeleteInvite {
        DeleteInvite {
            invites: self.invites.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn create_client(&self) -> CreateClient {
        CreateClient {
            clients: self.clients.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    pub fn list_clients(&self) -> ListClients {
        ListClients {
            clients: self.clients.clone(),
        }
    }

    pub fn delete_client(&self) -> DeleteClient {
        DeleteClient {
            clients: self.clients.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn list_audit_events(&self) -> ListAuditEvents {
        ListAuditEvents {
            audit_log: self.audit_log.clone(),
        }
    }
}

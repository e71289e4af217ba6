//! Stores and a hasher that are in trouble.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use signet::{
    app::Ports,
    domain::{
        Act, AuditEvent, AuditEventId, AuditFilter, AuthEvent, AuthEventFilter, AuthEventId,
        AuthSummary, Client, ClientId, ImportOutcome, ImportedUser, Invite, InviteId, KeyAct,
        KeyChange, KeySet, NewUser, Page, PageRequest, Password, PasswordChange, PasswordHash,
        SecretDigest, Session, SessionId, SummaryInterval, Timestamp, TokenId, User, UserFilter,
        UserId, UserUpdate, Username,
    },
    ports::{
        AuditLog, AuthEvents, ClientStore, Clock, CreateClientError, DeleteUserError, HashError,
        InviteStore, KeyChanged, KeyStore, PasswordHasher, RefreshAttempt, Refreshed,
        RegisterError, RegisterInvitedError, SessionStore, SetPasswordError, StorageError,
        SummarizeEventsError, UpdateUserError, UserRepo,
    },
};

/// What is wrong with everything that is stored.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// It does not answer, or has too much to do.
    Unavailable,
    /// What is stored cannot be read back.
    Corrupt,
}

impl Trouble {
    fn error<E: From<StorageError>>(self) -> E {
        let error = match self {
            Self::Unavailable => StorageError::unavailable("as a test wants it"),
            Self::Corrupt => StorageError::Corrupt {
                table: "things",
                column: "thing",
                id: "1".to_owned(),
                reason: "as a test wants it".to_owned(),
            },
        };
        error.into()
    }
}

/// Stores in trouble, but for what tells who asks.
struct Stores {
    trouble: Trouble,
    sessions: Arc<dyn SessionStore>,
}

/// The same ports on stores in trouble.
pub fn with_stores_in(trouble: Trouble, ports: &Ports) -> Ports {
    let sessions = ports.sessions.clone();
    let stores = Arc::new(Stores { trouble, sessions });
    Ports {
        users: stores.clone(),
        auth_events: stores.clone(),
        keys: stores.clone(),
        sessions: stores.clone(),
        clients: stores.clone(),
        invites: stores.clone(),
        audit_log: stores,
        ..ports.clone()
    }
}

#[async_trait]
impl UserRepo for Stores {
    async fn register(&self, _: &NewUser, _: &Act) -> Result<(), RegisterError> {
        Err(self.trouble.error())
    }

    async fn register_invited(
        &self,
        _: &NewUser,
        _: &SecretDigest,
        _: &Act,
    ) -> Result<(), RegisterInvitedError> {
        Err(self.trouble.error())
    }

    async fn import(
        &self,
        _: &[ImportedUser],
        _: &Act,
    ) -> Result<Vec<ImportOutcome>, StorageError> {
        Err(self.trouble.error())
    }

    async fn try_import(&self, _: &[ImportedUser]) -> Result<Vec<ImportOutcome>, StorageError> {
        Err(self.trouble.error())
    }

    async fn find_by_username(&self, _: &Username) -> Result<Option<User>, StorageError> {
        Err(self.trouble.error())
    }

    async fn find(&self, _: UserId) -> Result<Option<User>, StorageError> {
        Err(self.trouble.error())
    }

    async fn list(
        &self,
        _: &UserFilter,
        _: &PageRequest<UserId>,
    ) -> Result<Page<User, UserId>, StorageError> {
        Err(self.trouble.error())
    }

    async fn update(&self, _: UserId, _: &UserUpdate, _: &Act) -> Result<User, UpdateUserError> {
        Err(self.trouble.error())
    }

    async fn set_password(
        &self,
        _: UserId,
        _: &PasswordChange,
        _: &Act,
    ) -> Result<(), SetPasswordError> {
        Err(self.trouble.error())
    }

    async fn delete(
        &self,
        _: UserId,
        _: Option<&PasswordHash>,
        _: &Act,
    ) -> Result<(), DeleteUserError> {
        Err(self.trouble.error())
    }
}

#[async_trait]
impl AuthEvents for Stores {
    async fn list(
        &self,
        _: &AuthEventFilter,
        _: &PageRequest<AuthEventId>,
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, StorageError> {
        Err(self.trouble.error())
    }

    async fn summarize(
        &self,
        _: &SummaryInterval,
        _: u64,
    ) -> Result<AuthSummary, SummarizeEventsError> {
        Err(self.trouble.error())
    }

    async fn purge(&self, _: Timestamp, _: u32) -> Result<u64, StorageError> {
        Err(self.trouble.error())
    }
}

#[async_trait]
impl KeyStore for Stores {
    async fn load(&self) -> Result<KeySet, StorageError> {
        Err(self.trouble.error())
    }

    async fn change(
        &self,
        _: &KeyChange,
        _: Option<&KeyAct>,
        _: &dyn Clock,
    ) -> Result<KeyChanged, StorageError> {
        Err(self.trouble.error())
    }
}

#[async_trait]
impl SessionStore for Stores {
    async fn refresh(&self, _: RefreshAttempt) -> Result<Refreshed, StorageError> {
        Err(self.trouble.error())
    }

    async fn find_live(
        &self,
        session: SessionId,
        at: Timestamp,
    ) -> Result<Option<(Session, User)>, StorageError> {
        self.sessions.find_live(session, at).await
    }

    async fn list_live(&self, _: UserId, _: Timestamp) -> Result<Vec<Session>, StorageError> {
        Err(self.trouble.error())
    }

    async fn end(&self, _: SessionId) -> Result<bool, StorageError> {
        Err(self.trouble.error())
    }

    async fn end_all(&self, _: UserId, _: Option<&Act>) -> Result<u64, StorageError> {
        Err(self.trouble.error())
    }

    async fn purge(&self, _: Timestamp, _: u32) -> Result<u64, StorageError> {
        Err(self.trouble.error())
    }
}

#[async_trait]
impl ClientStore for Stores {
    async fn create(&self, _: &Client, _: &Act) -> Result<(), CreateClientError> {
        Err(self.trouble.error())
    }

    async fn find(&self, _: &ClientId) -> Result<Option<Client>, StorageError> {
        Err(self.trouble.error())
    }

    async fn list(
        &self,
        _: &PageRequest<ClientId>,
    ) -> Result<Page<Client, ClientId>, StorageError> {
        Err(self.trouble.error())
    }

    async fn delete(&self, _: &ClientId, _: &Act) -> Result<bool, StorageError> {
        Err(self.trouble.error())
    }

    async fn revoke_token(&self, _: TokenId, _: Timestamp) -> Result<(), StorageError> {
        Err(self.trouble.error())
    }

    async fn is_revoked(&self, _: TokenId) -> Result<bool, StorageError> {
        Err(self.trouble.error())
    }

    async fn purge_revoked(&self, _: Timestamp, _: u32) -> Result<u64, StorageError> {
        Err(self.trouble.error())
    }
}

#[async_trait]
impl InviteStore for Stores {
    async fn create(&self, _: &Invite, _: &Act) -> Result<(), StorageError> {
        Err(self.trouble.error())
    }

    async fn find_by_code(&self, _: &SecretDigest) -> Result<Option<Invite>, StorageError> {
        Err(self.trouble.error())
    }

    async fn list(
        &self,
        _: &PageRequest<InviteId>,
    ) -> Result<Page<Invite, InviteId>, StorageError> {
        Err(self.trouble.error())
    }

    async fn delete(&self, _: InviteId, _: &Act) -> Result<bool, StorageError> {
        Err(self.trouble.error())
    }
}

#[async_trait]
impl AuditLog for Stores {
    async fn list(
        &self,
        _: &AuditFilter,
        _: &PageRequest<AuditEventId>,
    ) -> Result<Page<(AuditEventId, AuditEvent), AuditEventId>, StorageError> {
        Err(self.trouble.error())
    }

    async fn purge(&self, _: Timestamp, _: u32) -> Result<u64, StorageError> {
        Err(self.trouble.error())
    }
}

/// A hasher that does nothing.
pub struct HasherInTrouble {
    /// Otherwise it fails.
    pub busy: bool,
    pub decoy: PasswordHash,
}

impl HasherInTrouble {
    fn error(&self) -> HashError {
        if self.busy {
            let retry_after = Duration::from_millis(2500);
            HashError::Busy { retry_after }
        } else {
            HashError::Failed("as a test wants it".to_owned())
        }
    }
}

#[async_trait]
impl PasswordHasher for HasherInTrouble {
    async fn hash(&self, _: &Password) -> Result<PasswordHash, HashError> {
        Err(self.error())
    }

    async fn verify(&self, _: &Password, _: &PasswordHash) -> Result<bool, HashError> {
        Err(self.error())
    }

    fn decoy(&self) -> &PasswordHash {
        &self.decoy
    }

    fn is_outdated(&self, _: &PasswordHash) -> bool {
        false
    }
}

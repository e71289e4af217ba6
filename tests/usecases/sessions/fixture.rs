use std::sync::Arc;

use signet::{
    adapters::memory::MemoryStore,
    domain::{Audience, AuthSuccess, Client, NewUser, Scopes, Session, SessionId, Timestamp},
    ports::{AuthLog, Clock, UserRepo},
    usecases::{
        Initiator, IssuedLogin, IssuedTokens, TokenIssuer,
        clients::{CreateClient, CreatedClient, IssueClientToken, NewClient},
        keys::MaintainKeys,
        sessions::{RefreshError, RefreshSession},
        tokens::{InspectToken, IntrospectToken, RevokeToken},
    },
};

use crate::support::{
    clock::ManualClock,
    entropy::CountingEntropy,
    fixtures::{an_act, an_origin, new_user},
    tokens::{key_upkeep, session_terms, token_policy},
};

/// A server's use cases about sessions, on memory.
pub struct Fixture {
    pub store: Arc<MemoryStore>,
    pub clock: Arc<ManualClock>,
    pub entropy: Arc<CountingEntropy>,
    pub upkeep: MaintainKeys,
    pub issuer: Arc<TokenIssuer>,
    pub user: NewUser,
}

impl Fixture {
    /// With "ada" registered and the keys loaded.
    pub async fn new() -> Self {
        let store = Arc::new(MemoryStore::default());
        let clock = Arc::new(ManualClock::new());
        let entropy = Arc::new(CountingEntropy::default());
        let upkeep = key_upkeep(clock.clone(), entropy.clone());
        upkeep.run().await.unwrap();
        let user = new_user("ada", "ada@example.com");
        store.register(&user, &an_act()).await.unwrap();
        let issuer = TokenIssuer {
            ring: upkeep.ring.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            policy: token_policy(),
            terms: session_terms(),
            issued: IssuedTokens::default(),
        };
        Self {
            store,
            clock,
            entropy,
            upkeep,
            issuer: Arc::new(issuer),
            user,
        }
    }

    pub async fn log_in(&self) -> IssuedLogin {
        log_in(&self.store, &self.issuer, &self.user).await
    }

    pub fn refresh(&self) -> RefreshSession {
        RefreshSession {
            sessions: self.store.clone(),
            issuer: self.issuer.clone(),
        }
    }

    /// What presenting this refresh token comes to.
    pub async fn present(&self, token: &str) -> Result<IssuedLogin, RefreshError> {
        self.refresh().run(&an_origin(), token).await
    }

    pub fn inspect(&self) -> Arc<InspectToken> {
        Arc::new(InspectToken {
            ring: self.upkeep.ring.clone(),
            clock: self.clock.clone(),
            policy: token_policy(),
        })
    }

    pub fn introspect(&self) -> IntrospectToken {
        IntrospectToken {
            inspect_token: self.inspect(),
            ring: self.upkeep.ring.clone(),
            sessions: self.store.clone(),
            clients: self.store.clone(),
            clock: self.clock.clone(),
        }
    }

    pub fn revoke(&self) -> RevokeToken {
        RevokeToken {
            inspect_token: self.inspect(),
            ring: self.upkeep.ring.clone(),
            keys: self.store.clone(),
            sessions: self.store.clone(),
            clients: self.store.clone(),
        }
    }

    pub async fn client(&self, name: &str) -> Client {
        let create = CreateClient {
            clients: self.store.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        };
        let new = NewClient {
            name: name.parse().unwrap(),
            scopes: "read write".parse::<Scopes>().unwrap(),
            audience: Vec::new(),
        };
        let CreatedClient { client, .. } =
            create.run(&Initiator::command_line(), new).await.unwrap();
        assert_eq!(client.audience, None::<Audience>);
        client
    }

    pub fn client_token(&self, client: &Client) -> String {
        let issue = IssueClientToken {
            issuer: self.issuer.clone(),
        };
        issue.run(client, None).unwrap().token.access_token
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// A login as [`signet::usecases::Authenticate`] grants it, without a password.
pub async fn log_in(store: &MemoryStore, issuer: &TokenIssuer, user: &NewUser) -> IssuedLogin {
    let keys = issuer.keys().unwrap();
    let now = issuer.clock.now();
    let refresh_key = keys.refresh.signing(now).unwrap();
    let session = Session::begin(
        SessionId::new(issuer.entropy.uuid()),
        user.id,
        now,
        &an_origin(),
        refresh_key.id(),
        issuer.terms,
    );
    let account = store.find_by_username(&user.username).await;
    let account = account.unwrap().unwrap();
    let login = issuer.for_session(&keys, refresh_key, &account, &session, now);
    let login = login.unwrap();
    let success = AuthSuccess {
        session,
        kid: keys.active.kid().clone(),
        jti: login.access.jti,
        verified: account.password_hash,
        rehash: None,
    };
    let recorded = store.record_success(now, &an_origin(), &success).await;
    recorded.unwrap();
    login
}

//! Logins that wait for their hash while the keys change.

use std::{sync::Arc, time::Duration};

use signet::{
    adapters::memory::MemoryStore,
    usecases::{
        AccountGuard, Authenticate, AuthenticateError, IssuedLogin, IssuedTokens, TokenIssuer,
        keys::{MaintainKeys, NoSigningKey},
    },
};

use super::server::Server;
use crate::support::{
    entropy::CountingEntropy,
    fixtures::an_origin,
    hasher::GatedHasher,
    registration::register_ada,
    tokens::{session_terms, token_policy},
    verifier::part,
};

struct Fixture {
    server: Server,
    maintain: MaintainKeys,
    users: Arc<MemoryStore>,
    hasher: Arc<GatedHasher>,
    authenticate: Arc<Authenticate>,
    password: String,
}

/// A server on which "ada" is registered, and whose hashes wait for the test.
async fn fixture() -> Fixture {
    let server = Server::new();
    let maintain = server.maintain();
    maintain.run().await.unwrap();
    let users = Arc::new(MemoryStore::default());
    let entropy = Arc::new(CountingEntropy::default());
    let hasher = GatedHasher::new();
    let password = register_ada(&users, &server.clock).await;
    let issuer = TokenIssuer {
        ring: maintain.ring.clone(),
        clock: server.clock.clone(),
        entropy: entropy.clone(),
        policy: token_policy(),
        terms: session_terms(),
        issued: IssuedTokens::default(),
    };
    let authenticate = Authenticate {
        guard: AccountGuard {
            throttle: None,
            known_networks: users.clone(),
            auth_log: users.clone(),
            clock: server.clock.clone(),
        },
        users: users.clone(),
        auth_log: users.clone(),
        hasher: hasher.clone(),
        clock: server.clock.clone(),
        entropy,
        issuer: Arc::new(issuer),
    };
    Fixture {
        server,
        maintain,
        users,
        hasher,
        authenticate: Arc::new(authenticate),
        password,
    }
}

impl Fixture {
    /// The answer to a login during whose hash something happens.
    async fn log_in_while(
        &self,
        happens: impl Future<Output = ()>,
    ) -> Result<IssuedLogin, AuthenticateError> {
        let (authenticate, password) = (self.authenticate.clone(), self.password.clone());
        let login = tokio::spawn(async move {
            let origin = an_origin();
            authenticate.run(&origin, "ada", password).await
        });
        self.hasher.entered().await;
        happens.await;
        self.hasher.open();
        login.await.unwrap()
    }
}

#[tokio::test]
async fn a_login_that_waits_during_a_revocation_gets_no_token_of_the_revoked_key() {
    let f = fixture().await;
    let (active, next) = f.server.active_and_next().await;
    let revoked = async {
        f.server.revoke(&active).await;
        f.maintain.run().await.unwrap();
    };
    let issued = f.log_in_while(revoked).await.unwrap();
    let header = part(&issued.access.access_token, 0);
    assert_eq!(header["kid"], next.as_str());
    let (logged, _) = f.users.auth_log()[0].token.clone().unwrap();
    assert_eq!(logged, next);
}

#[tokio::test]
async fn a_login_that_waits_until_the_keys_are_too_old_gets_no_token() {
    let f = fixture().await;
    let passes = async { f.server.clock.advance(Duration::from_secs(61)) };
    let refused = f.log_in_while(passes).await.unwrap_err();
    let stale = AuthenticateError::NoSigningKey(NoSigningKey::Stale {
        age: Duration::from_secs(61),
    });
    assert_eq!(refused.to_string(), stale.to_string());
    assert!(f.users.auth_log().is_empty());
}

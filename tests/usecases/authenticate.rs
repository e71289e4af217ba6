mod changed;
mod recording;
mod rehash;

use std::{sync::Arc, time::Duration};

use signet::{
    adapters::memory::MemoryStore,
    domain::{AccountStatus, Outcome},
    ports::UserRepo,
    usecases::{
        AccountGuard, Authenticate, AuthenticateError, IssuedLogin, IssuedTokens, TokenIssuer,
        keys::{KeyRing, NoSigningKey},
    },
};

use crate::support::{
    clock::ManualClock,
    entropy::CountingEntropy,
    fixtures::{an_origin, cheap_params},
    hasher::{HashWork, SpyHasher},
    registration::register_ada,
    tokens::{session_terms, token_issuer, token_policy},
};

struct Fixture {
    store: Arc<MemoryStore>,
    hasher: Arc<SpyHasher>,
    clock: Arc<ManualClock>,
    authenticate: Authenticate,
    password: String,
}

/// A server on which "ada" is registered.
async fn fixture() -> Fixture {
    let store = Arc::new(MemoryStore::default());
    let hasher = SpyHasher::new();
    let clock = Arc::new(ManualClock::new());
    let entropy = Arc::new(CountingEntropy::default());
    let password = register_ada(&store, &clock).await;
    let authenticate = Authenticate {
        guard: AccountGuard {
            throttle: None,
            known_networks: store.clone(),
            auth_log: store.clone(),
            clock: clock.clone(),
        },
        users: store.clone(),
        auth_log: store.clone(),
        hasher: hasher.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
        issuer: Arc::new(token_issuer(clock.clone(), entropy).await),
    };
    Fixture {
        store,
        hasher,
        clock,
        authenticate,
        password,
    }
}

impl Fixture {
    async fn log_in(
        &self,
        username: &str,
        password: &str,
    ) -> Result<IssuedLogin, AuthenticateError> {
        self.authenticate
            .run(&an_origin(), username, password.to_owned())
            .await
    }

    async fn disable_ada(&self) {
        let ada = self.store.find_by_username(&"ada".parse().unwrap()).await;
        self.store
            .set_status(ada.unwrap().unwrap().id, AccountStatus::Disabled);
    }

    fn outcomes(&self) -> Vec<Outcome> {
        self.store
            .auth_log()
            .iter()
            .map(|event| event.outcome)
            .collect()
    }
}

fn is_invalid_credentials(result: &Result<IssuedLogin, AuthenticateError>) -> bool {
    matches!(result, Err(AuthenticateError::InvalidCredentials))
}

#[tokio::test]
async fn the_right_password_gets_a_token_that_the_log_names() {
    let f = fixture().await;
    let token = f.log_in("ada", &f.password).await.unwrap();
    assert_eq!(token.access.expires_in.as_secs(), 900);
    let log = f.store.auth_log();
    let (kid, _jti) = log[0].token.clone().unwrap();
    assert_eq!(kid, *f.authenticate.issuer.keys().unwrap().active.kid());
    assert_eq!(f.outcomes(), [Outcome::Success]);
}

#[tokio::test]
async fn a_username_is_accepted_in_any_case() {
    let f = fixture().await;
    assert!(f.log_in("ADA", &f.password).await.is_ok());
}

#[tokio::test]
async fn each_kind_of_user_costs_exactly_one_verification_with_the_current_parameters() {
    let f = fixture().await;
    let one_verification = [HashWork::Verify(Some(cheap_params()))];
    f.log_in("ada", &f.password).await.unwrap();
    assert_eq!(f.hasher.take_work(), one_verification, "right password");
    f.log_in("ada", "wrong").await.unwrap_err();
    assert_eq!(f.hasher.take_work(), one_verification, "wrong password");
    f.log_in("nobody", "wrong").await.unwrap_err();
    assert_eq!(f.hasher.take_work(), one_verification, "unknown user");
    f.log_in("!", "wrong").await.unwrap_err();
    assert_eq!(
        f.hasher.take_work(),
        one_verification,
        "impossible username"
    );
    f.disable_ada().await;
    f.log_in("ada", &f.password).await.unwrap_err();
    assert_eq!(
        f.hasher.take_work(),
        one_verification,
        "disabled, right password"
    );
    f.log_in("ada", "wrong").await.unwrap_err();
    assert_eq!(
        f.hasher.take_work(),
        one_verification,
        "disabled, wrong password"
    );
}

#[tokio::test]
async fn only_the_log_tells_why_a_login_was_refused() {
    let f = fixture().await;
    assert!(is_invalid_credentials(&f.log_in("ada", "wrong").await));
    assert!(is_invalid_credentials(&f.log_in("nobody", "wrong").await));
    f.disable_ada().await;
    assert!(is_invalid_credentials(&f.log_in("ada", &f.password).await));
    assert!(is_invalid_credentials(&f.log_in("ada", "wrong").await));
    assert_eq!(
        f.outcomes(),
        [
            Outcome::WrongPassword,
            Outcome::UnknownUser,
            Outcome::Disabled,
            Outcome::WrongPassword
        ]
    );
}

#[tokio::test]
async fn a_submitted_name_that_nobody_has_is_stored_nowhere() {
    let f = fixture().await;
    f.log_in("my-secret-typed-here", "wrong").await.unwrap_err();
    assert!(!format!("{:?}", f.store).contains("my-secret-typed-here"));
}

#[tokio::test]
async fn an_overlong_or_empty_password_is_refused_without_work_or_row() {
    let f = fixture().await;
    for password in [String::new(), "x".repeat(1025)] {
        let error = f.log_in("ada", &password).await.unwrap_err();
        let AuthenticateError::Invalid(errors) = error else {
            panic!("{error}")
        };
        assert_eq!(errors[0].field, "password");
    }
    assert_eq!(f.hasher.take_work(), []);
    assert_eq!(f.outcomes(), []);
}

#[tokio::test]
async fn a_busy_hasher_refuses_known_and_unknown_users_alike() {
    let f = fixture().await;
    f.hasher.be_busy_for(HashWork::Verify(Some(cheap_params())));
    for username in ["ada", "nobody"] {
        let error = f.log_in(username, &f.password).await.unwrap_err();
        assert!(matches!(error, AuthenticateError::Hash(_)), "{error}");
    }
    assert_eq!(f.outcomes(), []);
}

#[tokio::test]
async fn without_a_signing_key_no_password_is_checked() {
    let mut f = fixture().await;
    f.authenticate.issuer = Arc::new(TokenIssuer {
        ring: Arc::new(KeyRing::new(Duration::from_mins(1))),
        clock: f.clock.clone(),
        entropy: Arc::new(CountingEntropy::default()),
        policy: token_policy(),
        terms: session_terms(),
        issued: IssuedTokens::default(),
    });
    let error = f.log_in("ada", &f.password).await.unwrap_err();
    assert!(matches!(
        error,
        AuthenticateError::NoSigningKey(NoSigningKey::Missing)
    ));
    assert_eq!(f.hasher.take_work(), []);
}

#[tokio::test]
async fn keys_that_were_not_reread_for_too_long_sign_nothing() {
    let f = fixture().await;
    f.clock.advance(Duration::from_mins(1));
    assert!(f.log_in("ada", &f.password).await.is_ok());
    f.clock.advance(Duration::from_millis(1));
    let error = f.log_in("ada", &f.password).await.unwrap_err();
    let AuthenticateError::NoSigningKey(NoSigningKey::Stale { age }) = error else {
        panic!("{error}")
    };
    assert_eq!(age, Duration::from_millis(60_001));
}

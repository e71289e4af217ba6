//! Logins that wait for their hash while the password changes.

use std::{future, sync::Arc};

use signet::{
    domain::{Outcome, Password, PasswordChange, PasswordHash},
    ports::{PasswordHasher, SessionStore, UserRepo},
    usecases::{AuthenticateError, IssuedLogin},
};

use super::{Fixture, fixture, is_invalid_credentials};
use crate::support::{
    fixtures::{a_time, an_act, another_hash, cheap_params},
    hasher::{GatedHasher, HashWork, SpyHasher},
};

/// Its hashes are none that a hasher makes first, as the account's is.
async fn another_hasher() -> Arc<SpyHasher> {
    let hasher = SpyHasher::new();
    let password = Password::new("any".to_owned()).unwrap();
    hasher.hash(&password).await.unwrap();
    hasher
}

async fn gated() -> (Fixture, Arc<GatedHasher>) {
    let mut f = fixture().await;
    let hasher = GatedHasher::new();
    f.authenticate.hasher = hasher.clone();
    (f, hasher)
}

impl Fixture {
    /// The answer to a login during which something happens.
    async fn log_in_while(
        &self,
        happens: impl Future<Output = ()>,
    ) -> Result<IssuedLogin, AuthenticateError> {
        let happens = async {
            happens.await;
            future::pending().await
        };
        tokio::select! {
            answer = self.log_in("ada", &self.password) => answer,
            answer = happens => answer,
        }
    }

    async fn set_hash(&self, to: PasswordHash) {
        let ada = self.store.find_by_username(&"ada".parse().unwrap()).await;
        let change = PasswordChange {
            from: None,
            to,
            spared: None,
        };
        let id = ada.unwrap().unwrap().id;
        let set = self.store.set_password(id, &change, &an_act()).await;
        set.unwrap();
    }

    /// Another hash of the same password.
    async fn rehash(&self, hasher: &SpyHasher) {
        let password = Password::new(self.password.clone()).unwrap();
        let hash = hasher.hash(&password).await.unwrap();
        self.set_hash(hash).await;
    }

    async fn sessions(&self) -> usize {
        let ada = self.store.find_by_username(&"ada".parse().unwrap()).await;
        let id = ada.unwrap().unwrap().id;
        self.store.list_live(id, a_time()).await.unwrap().len()
    }
}

#[tokio::test]
async fn a_login_that_waits_during_a_reset_of_its_password_is_refused() {
    let (f, hasher) = gated().await;
    let reset = async {
        hasher.entered().await;
        f.set_hash(another_hash()).await;
        hasher.open();
        hasher.open();
    };
    assert!(is_invalid_credentials(&f.log_in_while(reset).await));
    assert_eq!(f.outcomes(), [Outcome::WrongPassword]);
    assert_eq!(f.sessions().await, 0);
}

#[tokio::test]
async fn a_login_that_waits_during_a_rehash_of_its_password_succeeds() {
    let (f, hasher) = gated().await;
    let other = another_hasher().await;
    let rehashed = async {
        hasher.entered().await;
        f.rehash(&other).await;
        hasher.open();
        hasher.open();
    };
    f.log_in_while(rehashed).await.unwrap();
    let work = hasher.take_work();
    assert_eq!(work, [HashWork::Verify(Some(cheap_params())); 2]);
    assert_eq!(f.outcomes(), [Outcome::Success]);
    assert_eq!(f.sessions().await, 1);
}

#[tokio::test]
async fn a_password_that_changes_at_every_check_is_not_checked_without_end() {
    let (f, hasher) = gated().await;
    let other = another_hasher().await;
    let keeps_changing = async {
        loop {
            hasher.entered().await;
            f.rehash(&other).await;
            hasher.open();
        }
    };
    let error = f.log_in_while(keeps_changing).await.unwrap_err();
    assert!(
        matches!(error, AuthenticateError::PasswordChanging),
        "{error}"
    );
    assert_eq!(f.outcomes(), []);
    assert_eq!(f.sessions().await, 0);
}

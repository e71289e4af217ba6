//! Hashes with former parameters are replaced.

use signet::{domain::Argon2Params, ports::UserRepo};

use super::{Fixture, fixture};
use crate::support::{
    fixtures::cheap_params,
    hasher::{HashWork, SpyHasher},
};

fn stronger_params() -> Argon2Params {
    Argon2Params::new(16, 1, 1).unwrap()
}

async fn stored_params(f: &Fixture) -> Argon2Params {
    let ada = f.store.find_by_username(&"ada".parse().unwrap()).await;
    ada.unwrap().unwrap().password_hash.params().unwrap()
}

#[tokio::test]
async fn a_login_rehashes_what_was_hashed_with_other_parameters() {
    let mut f = fixture().await;
    f.authenticate.hasher = SpyHasher::with_params(stronger_params());
    f.log_in("ada", &f.password).await.unwrap();
    assert_eq!(stored_params(&f).await, stronger_params());
    f.log_in("ada", &f.password).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_rehashes_nothing() {
    let mut f = fixture().await;
    f.authenticate.hasher = SpyHasher::with_params(stronger_params());
    f.log_in("ada", "wrong").await.unwrap_err();
    assert_eq!(stored_params(&f).await, cheap_params());
}

#[tokio::test]
async fn a_login_succeeds_without_rehash_while_the_hasher_is_busy() {
    let mut f = fixture().await;
    let hasher = SpyHasher::with_params(stronger_params());
    hasher.be_busy_for(HashWork::Hash);
    f.authenticate.hasher = hasher;
    f.log_in("ada", &f.password).await.unwrap();
    assert_eq!(stored_params(&f).await, cheap_params());
}

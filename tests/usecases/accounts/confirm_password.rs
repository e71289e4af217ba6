use std::time::Duration;

use signet::{
    domain::{LoginAttempts, Outcome},
    usecases::accounts::ConfirmPasswordError,
};

use super::fixture::Fixture;
use crate::support::{fixtures::cheap_params, hasher::HashWork};

#[tokio::test]
async fn the_right_password_costs_one_verification_and_leaves_no_row() {
    let f = Fixture::new().await;
    f.confirm(&f.password).await.unwrap();
    assert_eq!(
        f.hasher.take_work(),
        [HashWork::Verify(Some(cheap_params()))]
    );
    assert_eq!(f.outcomes(), []);
}

#[tokio::test]
async fn a_wrong_password_is_logged() {
    let f = Fixture::new().await;
    let error = f.confirm("wrong").await.unwrap_err();
    assert!(matches!(error, ConfirmPasswordError::Wrong), "{error}");
    assert_eq!(f.outcomes(), [Outcome::WrongPassword]);
    assert_eq!(f.store.auth_log()[0].user, Some(f.ada().await.unwrap().id));
}

/// Fails as often as costs a delay.
async fn fail_until_throttled(f: &Fixture) {
    for _ in 0..=LoginAttempts::FREE_FAILURES {
        let error = f.confirm("wrong").await.unwrap_err();
        assert!(matches!(error, ConfirmPasswordError::Wrong), "{error}");
    }
}

#[tokio::test]
async fn failures_count_together_with_those_of_logins() {
    let f = Fixture::new().await;
    fail_until_throttled(&f).await;
    f.hasher.take_work();
    let error = f.confirm(&f.password).await.unwrap_err();
    let ConfirmPasswordError::Throttled { retry_after } = error else {
        panic!("{error}")
    };
    assert_eq!(retry_after, Duration::from_secs(1));
    assert!(f.log_in(&f.password).await.is_none());
    assert_eq!(f.hasher.take_work(), [], "no password is checked");
    assert_eq!(f.outcomes()[6..], [Outcome::Throttled; 2]);
}

#[tokio::test]
async fn after_the_delay_the_right_password_ends_the_count() {
    let f = Fixture::new().await;
    fail_until_throttled(&f).await;
    f.clock.advance(Duration::from_secs(1));
    f.confirm(&f.password).await.unwrap();
    fail_until_throttled(&f).await;
}

#[tokio::test]
async fn what_nobody_could_check_does_not_count() {
    let f = Fixture::new().await;
    f.hasher.be_busy_for(HashWork::Verify(Some(cheap_params())));
    for _ in 0..20 {
        let error = f.confirm("wrong").await.unwrap_err();
        assert!(matches!(error, ConfirmPasswordError::Hash(_)), "{error}");
    }
    assert_eq!(f.outcomes(), []);
    f.hasher.be_free();
    f.confirm(&f.password).await.unwrap();
}

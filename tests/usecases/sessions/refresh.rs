use std::{sync::Arc, time::Duration};

use signet::usecases::{
    IssuedTokens, TokenIssuer,
    keys::{KeyRing, NoSigningKey},
    sessions::RefreshError,
};

use super::fixture::Fixture;
use crate::support::{fixtures::an_origin, tokens::session_terms};

#[tokio::test]
async fn a_refresh_gives_other_tokens_of_the_same_session() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    let token = login.refresh_token.expose();
    let next = f.present(token).await.unwrap();
    assert_ne!(next.refresh_token.expose(), token);
    let session = |token: &str| f.inspect().run(token).unwrap().holder;
    assert_eq!(
        session(&next.access.access_token),
        session(&login.access.access_token)
    );
}

#[tokio::test]
async fn the_lifetime_of_a_session_is_told_until_its_end() {
    let f = Fixture::new().await;
    let mut token = f.log_in().await.refresh_token;
    let day = Duration::from_hours(24);
    for _ in 0..6 {
        f.clock.advance(day * 29);
        f.upkeep.run().await.unwrap();
        let login = f.present(token.expose()).await.unwrap();
        token = login.refresh_token;
    }
    let login = f.present(token.expose()).await.unwrap();
    assert_eq!(login.refresh_expires_in, day * (180 - 29 * 6));
}

#[tokio::test]
async fn an_access_token_does_not_outlive_its_session() {
    let f = Fixture::new().await;
    let mut token = f.log_in().await.refresh_token;
    let near = Duration::from_mins(180 * 24 * 60 - 5);
    let step = Duration::from_hours(24 * 25);
    let start = f.now();
    while f.now() + step < start + near {
        f.clock.advance(step);
        f.upkeep.run().await.unwrap();
        token = (f.present(token.expose()).await.unwrap()).refresh_token;
    }
    f.clock.advance((start + near - f.now()).to_std().unwrap());
    f.upkeep.run().await.unwrap();
    let login = f.present(token.expose()).await.unwrap();
    assert_eq!(login.access.expires_in, Duration::from_mins(5));
}

#[tokio::test]
async fn a_token_is_not_consumed_where_nothing_can_be_signed() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    let mut stuck = f.refresh();
    stuck.issuer = Arc::new(TokenIssuer {
        ring: Arc::new(KeyRing::new(Duration::from_mins(1))),
        clock: f.clock.clone(),
        entropy: f.entropy.clone(),
        policy: f.issuer.policy.clone(),
        terms: session_terms(),
        issued: IssuedTokens::default(),
    });
    let token = login.refresh_token.expose();
    let error = stuck.run(&an_origin(), token).await.unwrap_err();
    assert!(matches!(
        error,
        RefreshError::NoSigningKey(NoSigningKey::Missing)
    ));
    f.clock.advance(Duration::from_hours(1));
    f.upkeep.run().await.unwrap();
    f.present(token).await.unwrap();
}

#[tokio::test]
async fn what_is_no_refresh_token_is_an_invalid_grant() {
    let f = Fixture::new().await;
    let login = f.log_in().await;
    for text in ["", "signet_rt_", &login.access.access_token] {
        let error = f.present(text).await.unwrap_err();
        assert!(matches!(error, RefreshError::InvalidGrant), "{text}");
    }
}

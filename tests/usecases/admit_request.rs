use std::{sync::Arc, time::Duration};

use signet::{
    adapters::memory::MemoryLimiter,
    domain::{ClientAddress, UserId},
    ports::{Admission, RateClient, RateScope},
    usecases::{AdmitRequest, ChangeRefused, RateLimits},
};

use uuid::Uuid;

use crate::support::clock::ManualClock;

fn admit_request(auth: Option<&str>, register: Option<&str>) -> AdmitRequest {
    let limit = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    AdmitRequest::new(
        Arc::new(MemoryLimiter::new(Arc::new(ManualClock::new()))),
        RateLimits {
            auth: limit(auth),
            register: limit(register),
            password_strength: None,
            account: None,
            token: None,
            revoke: None,
            introspect: None,
            account_changes: Some("2/1h".parse().unwrap()),
        },
    )
}

fn client() -> RateClient {
    let address = ClientAddress::new("192.0.2.7".parse().unwrap());
    RateClient::Network(address.network())
}

#[tokio::test]
async fn each_scope_has_its_own_limit() {
    let admit = admit_request(Some("2/1s"), Some("1/1s"));
    for (scope, expected) in [
        (RateScope::Register, true),
        (RateScope::Register, false),
        (RateScope::Auth, true),
        (RateScope::Auth, true),
        (RateScope::Auth, false),
    ] {
        let admission = admit.run(scope, client()).await.unwrap().admission;
        let admitted = matches!(admission, Admission::Admitted { .. });
        assert_eq!(admitted, expected, "{scope:?}");
    }
}

#[tokio::test]
async fn a_scope_without_limit_is_not_judged() {
    let admit = admit_request(None, Some("1/1s"));
    assert_eq!(admit.run(RateScope::Auth, client()).await, None);
}

#[tokio::test]
async fn refused_requests_are_counted() {
    let admit = admit_request(Some("1/1s"), None);
    for _ in 0..4 {
        admit.run(RateScope::Auth, client()).await;
    }
    assert_eq!(admit.refused(), 3);
}

#[tokio::test]
async fn changes_are_counted_by_account_and_kind() {
    let admit = admit_request(None, None);
    let user = |number| UserId::new(Uuid::from_u128(number));
    for scope in [RateScope::AccountUpdate, RateScope::PasswordChange] {
        for _ in 0..2 {
            admit.change(scope, user(1)).await.unwrap();
        }
        let refused = admit.change(scope, user(1)).await.unwrap_err();
        let ChangeRefused::TooMany { retry_after } = refused else {
            panic!("{refused:?}");
        };
        assert!(retry_after > Duration::from_mins(59));
        admit.change(scope, user(2)).await.unwrap();
    }
    assert_eq!(admit.refused(), 2);
}

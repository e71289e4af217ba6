use std::sync::Arc;

use signet::{
    adapters::memory::MemoryLimiter,
    domain::ClientAddress,
    ports::{Admission, RateScope},
    usecases::{AdmitRequest, RateLimits},
};

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
        },
    )
}

fn client() -> ClientAddress {
    ClientAddress::new("192.0.2.7".parse().unwrap())
}

#[test]
fn each_scope_has_its_own_limit() {
    let admit = admit_request(Some("2/1s"), Some("1/1s"));
    let admitted = |scope| match admit.run(scope, client()).unwrap().admission {
        Admission::Admitted { .. } => true,
        Admission::Refused { .. } => false,
    };
    assert_eq!([RateScope::Register; 2].map(admitted), [true, false]);
    assert_eq!([RateScope::Auth; 3].map(admitted), [true, true, false]);
}

#[test]
fn a_scope_without_limit_is_not_judged() {
    let admit = admit_request(None, Some("1/1s"));
    assert_eq!(admit.run(RateScope::Auth, client()), None);
}

#[test]
fn refused_requests_are_counted() {
    let admit = admit_request(Some("1/1s"), None);
    for _ in 0..4 {
        admit.run(RateScope::Auth, client());
    }
    assert_eq!(admit.refused(), 3);
}

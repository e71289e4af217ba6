use std::{sync::Arc, time::Duration};

use signet::{
    adapters::memory::{MemoryStore, MemoryThrottle},
    domain::{
        AttemptResult, AuthSuccess, ClientAddress, KNOWN_NETWORK_FOR, NewUser, Outcome,
        RequestOrigin, TokenId,
    },
    ports::{AuthLog, Clock, UserRepo},
    usecases::{AccountGuard, GuardError},
};
use uuid::Uuid;

use crate::support::{
    clock::ManualClock,
    fixtures::{a_hash, an_act, an_origin, new_user},
    tokens::a_session,
};

struct Fixture {
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
    guard: AccountGuard,
    ada: NewUser,
}

async fn fixture() -> Fixture {
    let store = Arc::new(MemoryStore::default());
    let clock = Arc::new(ManualClock::new());
    let ada = new_user("ada", "ada@example.com");
    store.register(&ada, &an_act()).await.unwrap();
    Fixture {
        guard: AccountGuard {
            throttle: Some(Arc::new(MemoryThrottle::new(clock.clone()))),
            known_networks: store.clone(),
            auth_log: store.clone(),
            clock: clock.clone(),
        },
        store,
        clock,
        ada,
    }
}

fn from(address: &str) -> RequestOrigin {
    RequestOrigin {
        address: ClientAddress::new(address.parse().unwrap()),
        ..an_origin()
    }
}

impl Fixture {
    async fn log_in(&self, address: &str) {
        let success = AuthSuccess {
            session: a_session(1, self.ada.id),
            kid: "kid-1".parse().unwrap(),
            jti: TokenId::new(Uuid::from_u128(7)),
            verified: a_hash(),
            rehash: None,
        };
        let (now, origin) = (self.clock.now(), from(address));
        let recorded = self.store.record_success(now, &origin, &success).await;
        recorded.unwrap();
    }

    async fn fail(&self, address: &str) -> Result<(), GuardError> {
        let origin = from(address);
        let attempt = self.guard.begin(&origin, "ada", Some(self.ada.id)).await?;
        attempt.end(AttemptResult::Failed).await;
        Ok(())
    }

    /// Until the guard says no.
    async fn fail_from(&self, address: &str) -> u32 {
        let mut failures = 0;
        while self.fail(address).await.is_ok() {
            failures += 1;
        }
        failures
    }
}

#[tokio::test]
async fn a_network_has_a_counter_of_its_own_for_thirty_days_after_a_login() {
    for (later, failures) in [(Duration::ZERO, 6), (Duration::from_micros(1), 0)] {
        let f = fixture().await;
        f.log_in("192.0.2.1").await;
        f.clock.advance(KNOWN_NETWORK_FOR + later);
        assert_eq!(f.fail_from("198.51.100.1").await, 6);
        assert_eq!(f.fail_from("192.0.2.1").await, failures);
    }
}

#[tokio::test]
async fn a_refused_attempt_is_logged_with_its_account() {
    let f = fixture().await;
    f.fail_from("192.0.2.1").await;
    let log = f.store.auth_log();
    assert_eq!(log.len(), 1);
    assert_eq!(
        (log[0].user, log[0].outcome),
        (Some(f.ada.id), Outcome::Throttled)
    );
}

#[tokio::test]
async fn a_refused_attempt_tells_when_the_next_one_may_be_made() {
    let f = fixture().await;
    f.fail_from("192.0.2.1").await;
    let Err(GuardError::Throttled { retry_after }) = f.fail("192.0.2.1").await else {
        panic!("it was admitted")
    };
    assert_eq!(retry_after, Duration::from_secs(1));
    f.clock.advance(retry_after);
    assert!(f.fail("192.0.2.1").await.is_ok());
}

#[tokio::test]
async fn where_it_is_switched_off_nothing_is_counted() {
    let mut f = fixture().await;
    f.guard.throttle = None;
    for _ in 0..50 {
        assert!(f.fail("192.0.2.1").await.is_ok());
    }
    assert!(f.store.auth_log().is_empty());
}

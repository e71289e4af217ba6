//! The pool that hashes, where a clock holds it up.

use std::sync::{Arc, Condvar, Mutex};

use signet::{
    adapters::hasher::{Argon2Hasher, PoolSettings},
    crypto::argon2id::Argon2Backend,
    domain::{MonotonicTime, Password, Timestamp},
    ports::{Clock, HashError, PasswordHasher},
};

use super::measured;
use crate::support::{
    app::TestApp,
    entropy::CountingEntropy,
    fixtures::{a_hash, a_time, cheap_params, pool_settings},
};

/// Does not tell the pool's threads the time until it is let.
#[derive(Default)]
struct HeldClock {
    goes: Mutex<bool>,
    changed: Condvar,
}

impl HeldClock {
    fn go(&self) {
        *self.goes.lock().unwrap() = true;
        self.changed.notify_all();
    }
}

impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        a_time()
    }

    fn monotonic(&self) -> MonotonicTime {
        let thread = std::thread::current();
        if thread.name().is_some_and(|name| name.starts_with("argon2")) {
            let goes = self.goes.lock().unwrap();
            drop(self.changed.wait_while(goes, |goes| !*goes).unwrap());
        }
        MonotonicTime::default()
    }
}

#[tokio::test]
async fn a_hash_counts_with_its_wait_and_its_time() {
    let app = measured().await;
    let password = app.register_ada().await;
    app.log_in("ada", &password).await;
    let scrape = app.scrape().await;
    for metric in ["signet_hash_wait_seconds", "signet_hash_duration_seconds"] {
        assert_eq!(scrape.value(&format!("{metric}_count")), 2.0, "{metric}");
    }
}

#[tokio::test]
async fn what_waits_for_a_thread_and_what_is_refused_are_told() {
    let clock = Arc::new(HeldClock::default());
    let settings = PoolSettings {
        queue_per_worker: 2,
        ..pool_settings(1)
    };
    let entropy = Arc::new(CountingEntropy::default());
    let hasher = Argon2Hasher::new(
        cheap_params(),
        settings,
        Argon2Backend::Portable,
        clock.clone(),
        entropy,
    );
    let hasher = Arc::new(hasher.unwrap());
    let measured = hasher.clone();
    let app = TestApp::builder()
        .adapt(|ports| ports.argon2 = Some(measured))
        .measured();
    let app = app.start().await;
    let verify = || {
        let hasher = hasher.clone();
        let password = Password::new("a password".to_owned()).unwrap();
        tokio::spawn(async move { hasher.verify(&password, &a_hash()).await })
    };
    // The thread takes the first, and then waits for the clock.
    let mut admitted = vec![verify()];
    admitted.push(verify());
    while hasher.queue_len() != 1 {
        tokio::task::yield_now().await;
    }
    admitted.push(verify());
    while hasher.queue_len() != 2 {
        tokio::task::yield_now().await;
    }
    let refused = verify().await.unwrap();
    assert!(matches!(refused, Err(HashError::Busy { .. })));
    let scrape = app.scrape().await;
    assert_eq!(scrape.value("signet_hash_queue_length"), 2.0);
    assert_eq!(scrape.value("signet_hashes_refused_total"), 1.0);
    clock.go();
    for hash in admitted {
        hash.await.unwrap().unwrap();
    }
    let scrape = app.scrape().await;
    assert_eq!(scrape.value("signet_hash_queue_length"), 0.0);
    assert_eq!(scrape.value("signet_hash_wait_seconds_count"), 3.0);
}

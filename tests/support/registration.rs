//! Accounts opened by their owners, as use cases are tested on them.

use std::sync::Arc;

use signet::{
    adapters::memory::MemoryStore,
    domain::RegistrationMode,
    ports::{Clock, PasswordHasher},
    usecases::accounts::{PasswordJudge, RegisterUser, Registration},
};

use super::{
    entropy::CountingEntropy,
    fixtures::{an_origin, password_policy},
    hasher::SpyHasher,
    strength::SpyMeter,
};

/// Everyone may register.
pub fn register_user(
    store: &Arc<MemoryStore>,
    hasher: Arc<dyn PasswordHasher>,
    meter: Arc<SpyMeter>,
    clock: Arc<dyn Clock>,
) -> RegisterUser {
    RegisterUser {
        mode: RegistrationMode::Open,
        users: store.clone(),
        invites: store.clone(),
        judge: Arc::new(PasswordJudge {
            policy: password_policy(),
            meter,
        }),
        hasher,
        clock,
        entropy: Arc::new(CountingEntropy::default()),
    }
}

pub fn ada() -> Registration {
    Registration {
        username: "ada".to_owned(),
        email: "ada@example.com".to_owned(),
        ..Registration::default()
    }
}

/// Opens the account "ada", and answers its password, which the server made.
pub async fn register_ada<C: Clock + 'static>(store: &Arc<MemoryStore>, clock: &Arc<C>) -> String {
    let register = register_user(store, SpyHasher::new(), SpyMeter::new(), clock.clone());
    let registered = register.run(&an_origin(), ada()).await.unwrap();
    registered.generated.unwrap().expose().to_owned()
}

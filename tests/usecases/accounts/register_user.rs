mod chosen;
mod modes;

use std::sync::Arc;

use signet::{
    adapters::memory::MemoryStore,
    ports::{Clock, HashError, PasswordHasher, UserRepo},
    usecases::accounts::{RegisterUser, RegisterUserError, RegisteredUser, Registration},
};
use uuid::{Uuid, Version};

use crate::support::{
    clock::ManualClock,
    fixtures::an_origin,
    hasher::{HashWork, SpyHasher},
    registration::{ada, register_user},
    strength::SpyMeter,
};

struct Fixture {
    store: Arc<MemoryStore>,
    hasher: Arc<SpyHasher>,
    meter: Arc<SpyMeter>,
    clock: Arc<ManualClock>,
    register: RegisterUser,
}

fn fixture() -> Fixture {
    let store = Arc::new(MemoryStore::default());
    let (hasher, meter) = (SpyHasher::new(), SpyMeter::new());
    let clock = Arc::new(ManualClock::new());
    let register = register_user(&store, hasher.clone(), meter.clone(), clock.clone());
    Fixture {
        store,
        hasher,
        meter,
        clock,
        register,
    }
}

impl Fixture {
    async fn run(&self, registration: Registration) -> Result<RegisteredUser, RegisterUserError> {
        self.register.run(&an_origin(), registration).await
    }

    /// Nothing that costs was done for what was refused, and nobody was registered.
    async fn assert_nothing_done(&self) {
        assert_eq!(self.hasher.take_work(), []);
        assert_eq!(self.meter.take_rated(), 0);
        let user = self.store.find_by_username(&"ada".parse().unwrap()).await;
        assert_eq!(user.unwrap(), None);
    }
}

/// The fields that a refusal names.
fn fields(error: RegisterUserError) -> Vec<String> {
    let RegisterUserError::Invalid(errors) = error else {
        panic!("{error}")
    };
    errors.into_iter().map(|e| e.field.into_owned()).collect()
}

#[tokio::test]
async fn the_password_is_a_uuid_v4_whose_hash_is_stored() {
    let f = fixture();
    let registered = f.run(ada()).await.unwrap();
    let generated = registered.generated.unwrap();
    let password: Uuid = generated.expose().parse().unwrap();
    assert_eq!(password.get_version(), Some(Version::Random));
    let user = f.store.find_by_username(&registered.username).await;
    let user = user.unwrap().unwrap();
    assert!(
        f.hasher
            .verify(&generated, &user.password_hash)
            .await
            .unwrap()
    );
    assert_eq!(user.date_registered, f.clock.now());
}

#[tokio::test]
async fn a_password_of_the_servers_making_is_not_judged() {
    let f = fixture();
    f.meter.be_busy();
    assert!(f.run(ada()).await.is_ok());
    assert_eq!(f.meter.take_rated(), 0);
}

#[tokio::test]
async fn two_users_get_different_ids_and_passwords() {
    let f = fixture();
    let one = f.run(ada()).await.unwrap();
    let bob = Registration {
        username: "bob".to_owned(),
        email: "bob@example.com".to_owned(),
        ..Registration::default()
    };
    let other = f.run(bob).await.unwrap();
    assert_ne!(one.id, other.id);
    let password = |user: RegisteredUser| user.generated.unwrap().expose().to_owned();
    assert_ne!(password(one), password(other));
}

#[tokio::test]
async fn all_wrong_fields_are_named_before_anything_is_hashed() {
    let f = fixture();
    let registration = Registration {
        username: "a".to_owned(),
        email: "nowhere".to_owned(),
        password: Some("short".to_owned().into()),
        ..Registration::default()
    };
    let error = f.run(registration).await.unwrap_err();
    assert_eq!(fields(error), ["username", "email", "password"]);
    f.assert_nothing_done().await;
}

#[tokio::test]
async fn a_busy_hasher_refuses_and_leaves_no_account() {
    let f = fixture();
    f.hasher.be_busy_for(HashWork::Hash);
    let error = f.run(ada()).await.unwrap_err();
    assert!(matches!(
        error,
        RegisterUserError::Hash(HashError::Busy { .. })
    ));
    let user = f.store.find_by_username(&"ada".parse().unwrap()).await;
    assert_eq!(user.unwrap(), None);
}

use std::sync::Arc;

use signet::{
    adapters::memory::MemoryStore,
    ports::{Clock, HashError, PasswordHasher, UserRepo},
    usecases::{RegisterUser, RegisterUserError},
};
use uuid::{Uuid, Version};

use crate::support::{
    clock::ManualClock,
    entropy::CountingEntropy,
    fixtures::an_origin,
    hasher::{HashWork, SpyHasher},
};

struct Fixture {
    store: Arc<MemoryStore>,
    hasher: Arc<SpyHasher>,
    clock: Arc<ManualClock>,
    register: RegisterUser,
}

fn fixture() -> Fixture {
    let store = Arc::new(MemoryStore::default());
    let hasher = SpyHasher::new();
    let clock = Arc::new(ManualClock::new());
    let register = RegisterUser {
        users: store.clone(),
        hasher: hasher.clone(),
        clock: clock.clone(),
        entropy: Arc::new(CountingEntropy::default()),
    };
    Fixture {
        store,
        hasher,
        clock,
        register,
    }
}

#[tokio::test]
async fn the_password_is_a_uuid_v4_whose_hash_is_stored() {
    let f = fixture();
    let registered = f
        .register
        .run(&an_origin(), "ada", "ada@example.com")
        .await
        .unwrap();
    let password: Uuid = registered.password.expose().parse().unwrap();
    assert_eq!(password.get_version(), Some(Version::Random));
    let user = f.store.find_by_username(&registered.username).await;
    let user = user.unwrap().unwrap();
    assert!(
        f.hasher
            .verify(&registered.password, &user.password_hash)
            .await
            .unwrap()
    );
    assert_eq!(user.date_registered, f.clock.now());
}

#[tokio::test]
async fn two_users_get_different_ids_and_passwords() {
    let f = fixture();
    let one = f
        .register
        .run(&an_origin(), "ada", "ada@example.com")
        .await
        .unwrap();
    let other = f
        .register
        .run(&an_origin(), "bob", "bob@example.com")
        .await
        .unwrap();
    assert_ne!(one.id, other.id);
    assert_ne!(one.password.expose(), other.password.expose());
}

#[tokio::test]
async fn all_wrong_fields_are_named_before_anything_is_hashed() {
    let f = fixture();
    let error = f
        .register
        .run(&an_origin(), "a", "nowhere")
        .await
        .unwrap_err();
    let RegisterUserError::Invalid(errors) = error else {
        panic!("{error}")
    };
    let fields: Vec<_> = errors.iter().map(|e| e.field.as_ref()).collect();
    assert_eq!(fields, ["username", "email"]);
    assert_eq!(f.hasher.take_work(), []);
}

#[tokio::test]
async fn a_busy_hasher_refuses_and_leaves_no_account() {
    let f = fixture();
    f.hasher.be_busy_for(HashWork::Hash);
    let error = f
        .register
        .run(&an_origin(), "ada", "ada@example.com")
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        RegisterUserError::Hash(HashError::Busy { .. })
    ));
    let user = f.store.find_by_username(&"ada".parse().unwrap()).await;
    assert_eq!(user.unwrap(), None);
}

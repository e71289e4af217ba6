//! Passwords that people choose.

use signet::{
    domain::Password,
    ports::{MeterError, PasswordHasher, UserRepo},
    usecases::accounts::{RegisterUserError, Registration},
};

use super::{Fixture, fields, fixture};
use crate::support::registration::ada;

fn ada_with(password: &str) -> Registration {
    Registration {
        password: Some(password.to_owned().into()),
        ..ada()
    }
}

async fn ada_has(f: &Fixture, password: &str) -> bool {
    let user = f.store.find_by_username(&"ada".parse().unwrap()).await;
    let password = Password::new(password.to_owned()).unwrap();
    let hash = user.unwrap().unwrap().password_hash;
    f.hasher.verify(&password, &hash).await.unwrap()
}

#[tokio::test]
async fn a_chosen_password_is_the_accounts_and_is_not_answered() {
    let f = fixture();
    let registered = f.run(ada_with("plum tiger kettle")).await.unwrap();
    assert!(registered.generated.is_none());
    assert!(ada_has(&f, "plum tiger kettle").await);
}

#[tokio::test]
async fn another_spelling_of_it_is_the_same_password() {
    let f = fixture();
    f.run(ada_with("cr\u{e8}me br\u{fb}l\u{e9}e tiger"))
        .await
        .unwrap();
    assert!(ada_has(&f, "cre\u{300}me bru\u{302}le\u{301}e tiger").await);
}

#[tokio::test]
async fn one_of_the_wrong_length_is_refused_without_work() {
    for password in ["", "kX9$mQ2!vB7", &"x".repeat(1025)] {
        let f = fixture();
        let error = f.run(ada_with(password)).await.unwrap_err();
        assert_eq!(fields(error), ["password"]);
        f.assert_nothing_done().await;
    }
}

#[tokio::test]
async fn one_that_is_easy_to_guess_is_refused_with_advice_before_a_hash() {
    let f = fixture();
    let error = f.run(ada_with("password1234")).await.unwrap_err();
    let RegisterUserError::Invalid(errors) = error else {
        panic!("{error}")
    };
    assert_eq!(errors[0].field, "password");
    let advice = "is too easy to guess. This is a very common password. ";
    assert!(errors[0].message.starts_with(advice), "{errors:?}");
    assert_eq!(f.hasher.take_work(), []);
}

#[tokio::test]
async fn the_accounts_own_names_are_easy_to_guess() {
    let f = fixture();
    let kynes = |password: &str| Registration {
        username: "liet-kynes".to_owned(),
        email: "planetologist@arrakeen.example".to_owned(),
        password: Some(password.to_owned().into()),
        ..Registration::default()
    };
    for password in [
        "planetologist1",
        "Arrakeen2026",
        "planetologist@arrakeen.example",
    ] {
        let f = fixture();
        let error = f.run(kynes(password)).await.unwrap_err();
        assert_eq!(fields(error), ["password"], "{password}");
        assert!(f.run(ada_with(password)).await.is_ok(), "{password}");
    }
    assert!(f.run(kynes("plum tiger kettle")).await.is_ok());
}

#[tokio::test]
async fn a_busy_meter_refuses_before_a_hash() {
    let f = fixture();
    f.meter.be_busy();
    let error = f.run(ada_with("plum tiger kettle")).await.unwrap_err();
    assert!(matches!(
        error,
        RegisterUserError::Meter(MeterError::Busy { .. })
    ));
    assert_eq!(f.hasher.take_work(), []);
}

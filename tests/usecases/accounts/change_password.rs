use std::sync::Arc;

use signet::{
    domain::PasswordChange,
    ports::{SetPasswordError, UserRepo},
    usecases::{
        ChangeRefused,
        accounts::{
            ChangePassword, ChangePasswordError, ConfirmPasswordError, PasswordJudge, PasswordPair,
        },
        tokens::AuthorizedUser,
    },
};

use super::fixture::Fixture;
use crate::support::{
    fixtures::{an_act, an_origin, another_hash, cheap_params, password_policy},
    hasher::HashWork,
    strength::SpyMeter,
    tokens::a_session,
};

const NEW: &str = "plum tiger kettle";

fn change_password(f: &Fixture) -> ChangePassword {
    ChangePassword {
        confirm_password: f.confirm.clone(),
        judge: Arc::new(PasswordJudge {
            policy: password_policy(),
            meter: SpyMeter::new(),
        }),
        users: f.store.clone(),
        hasher: f.hasher.clone(),
        admit_request: f.admit_request.clone(),
        clock: f.clock.clone(),
    }
}

async fn authorized(f: &Fixture) -> AuthorizedUser {
    let user = f.ada().await.unwrap();
    let session = a_session(1, user.id);
    AuthorizedUser { user, session }
}

async fn change(f: &Fixture, current: &str, new: &str) -> Result<(), ChangePasswordError> {
    let passwords = PasswordPair {
        current: current.to_owned().into(),
        new: new.to_owned().into(),
    };
    let me = authorized(f).await;
    change_password(f).run(&an_origin(), &me, passwords).await
}

fn fields(error: ChangePasswordError) -> Vec<String> {
    let ChangePasswordError::Invalid(errors) = error else {
        panic!("{error}")
    };
    errors.into_iter().map(|e| e.field.into_owned()).collect()
}

#[tokio::test]
async fn the_new_password_logs_in_and_the_former_one_does_not() {
    let f = Fixture::new().await;
    change(&f, &f.password, NEW).await.unwrap();
    assert_eq!(
        f.hasher.take_work(),
        [HashWork::Verify(Some(cheap_params())), HashWork::Hash]
    );
    assert!(f.log_in(NEW).await.is_some());
    assert!(f.log_in(&f.password).await.is_none());
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing_and_costs_no_hash() {
    let f = Fixture::new().await;
    let error = change(&f, "wrong", NEW).await.unwrap_err();
    let wrong = matches!(
        error,
        ChangePasswordError::Current(ConfirmPasswordError::Wrong)
    );
    assert!(wrong, "{error}");
    assert_eq!(
        f.hasher.take_work(),
        [HashWork::Verify(Some(cheap_params()))]
    );
    assert!(f.log_in(&f.password).await.is_some());
}

#[tokio::test]
async fn a_new_password_that_does_not_pass_costs_nothing_and_tells_nothing_of_the_current_one() {
    let f = Fixture::new().await;
    for current in [f.password.as_str(), "wrong"] {
        for new in [
            "short",
            "password1234",
            "ada@example.com",
            &"x".repeat(1025),
        ] {
            let error = change(&f, current, new).await.unwrap_err();
            assert_eq!(fields(error), ["new_password"], "{new}");
        }
    }
    assert_eq!(f.hasher.take_work(), []);
    assert_eq!(f.outcomes(), []);
}

#[tokio::test]
async fn both_passwords_are_named_when_both_are_wrong() {
    let f = Fixture::new().await;
    let error = change(&f, "", "short").await.unwrap_err();
    assert_eq!(fields(error), ["current_password", "new_password"]);
}

#[tokio::test]
async fn a_password_that_was_changed_meanwhile_is_not_replaced() {
    let f = Fixture::new().await;
    let me = authorized(&f).await;
    let meanwhile = PasswordChange {
        from: None,
        to: another_hash(),
        spared: None,
    };
    (f.store
        .set_password(me.user.id, &meanwhile, &an_act())
        .await)
        .unwrap();
    let passwords = PasswordPair {
        current: f.password.clone().into(),
        new: NEW.to_owned().into(),
    };
    let changed = change_password(&f).run(&an_origin(), &me, passwords).await;
    let error = changed.unwrap_err();
    let refused = matches!(error, ChangePasswordError::Set(SetPasswordError::Changed));
    assert!(refused, "{error}");
    assert_eq!(f.ada().await.unwrap().password_hash, another_hash());
}

#[tokio::test]
async fn changes_are_limited_and_wrong_passwords_do_not_use_the_limit_up() {
    let f = Fixture::new().await;
    change(&f, "wrong", NEW).await.unwrap_err();
    let mut current = f.password.clone();
    for new in [NEW, "kettle tiger plum"] {
        change(&f, &current, new).await.unwrap();
        new.clone_into(&mut current);
    }
    f.hasher.take_work();
    let error = change(&f, &current, NEW).await.unwrap_err();
    let refused = matches!(
        error,
        ChangePasswordError::Refused(ChangeRefused::TooMany { .. })
    );
    assert!(refused, "{error}");
    let one_verification = [HashWork::Verify(Some(cheap_params()))];
    assert_eq!(f.hasher.take_work(), one_verification);
}

use signet::{
    domain::{Act, Actor, PasswordChange, Role, RolesUpdate, UserUpdate},
    ports::{DeleteUserError, UserRepo},
    usecases::accounts::{CloseAccount, CloseAccountError, ConfirmPasswordError},
};

use super::fixture::Fixture;
use crate::support::fixtures::{a_time, an_act, an_origin, another_hash};

async fn close(f: &Fixture, password: &str) -> Result<(), CloseAccountError> {
    let close = CloseAccount {
        confirm_password: f.confirm.clone(),
        users: f.store.clone(),
        clock: f.clock.clone(),
    };
    let ada = f.ada().await.unwrap();
    close
        .run(&an_origin(), &ada, password.to_owned().into())
        .await
}

#[tokio::test]
async fn the_right_password_deletes_the_account() {
    let f = Fixture::new().await;
    close(&f, &f.password).await.unwrap();
    assert_eq!(f.ada().await, None);
}

#[tokio::test]
async fn a_wrong_password_deletes_nothing() {
    let f = Fixture::new().await;
    let error = close(&f, "wrong").await.unwrap_err();
    let wrong = matches!(
        error,
        CloseAccountError::Password(ConfirmPasswordError::Wrong)
    );
    assert!(wrong, "{error}");
    assert!(f.ada().await.is_some());
}

#[tokio::test]
async fn what_cannot_be_a_password_is_not_checked() {
    let f = Fixture::new().await;
    for password in ["", &"x".repeat(1025)] {
        let error = close(&f, password).await.unwrap_err();
        assert!(matches!(error, CloseAccountError::Invalid(_)), "{error}");
    }
    assert_eq!(f.hasher.take_work(), []);
    assert_eq!(f.outcomes(), []);
}

#[tokio::test]
async fn the_last_admin_stays() {
    let f = Fixture::new().await;
    let ada = f.ada().await.unwrap();
    let admin: Role = Role::ADMIN.parse().unwrap();
    let update = UserUpdate {
        roles: Some(RolesUpdate::Grant(admin)),
        ..UserUpdate::default()
    };
    let act = Act {
        at: a_time(),
        actor: Actor::CommandLine,
        origin: None,
    };
    f.store.update(ada.id, &update, &act).await.unwrap();
    let error = close(&f, &f.password).await.unwrap_err();
    let last = matches!(error, CloseAccountError::Delete(DeleteUserError::LastAdmin));
    assert!(last, "{error}");
    assert!(f.ada().await.is_some());
}

#[tokio::test]
async fn a_password_that_was_reset_meanwhile_closes_nothing() {
    let f = Fixture::new().await;
    let close = CloseAccount {
        confirm_password: f.confirm.clone(),
        users: f.store.clone(),
        clock: f.clock.clone(),
    };
    let ada = f.ada().await.unwrap();
    let reset = PasswordChange {
        from: None,
        to: another_hash(),
        spared: None,
    };
    let done = f.store.set_password(ada.id, &reset, &an_act()).await;
    done.unwrap();
    let password = f.password.clone().into();
    let error = close.run(&an_origin(), &ada, password).await.unwrap_err();
    let changed = matches!(
        error,
        CloseAccountError::Delete(DeleteUserError::PasswordChanged)
    );
    assert!(changed, "{error}");
    assert!(f.ada().await.is_some());
}

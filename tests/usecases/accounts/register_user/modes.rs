//! Who may register.

use std::{sync::Arc, time::Duration};

use signet::{
    crypto::InviteCode,
    domain::{RegistrationMode, UsedInvite},
    ports::{Clock, InviteStore},
    usecases::{
        Initiator,
        accounts::{RegisterUserError, Registration},
        invites::CreateInvite,
    },
};

use super::{Fixture, fixture};
use crate::support::{entropy::CountingEntropy, registration::ada};

const HOUR: Duration = Duration::from_hours(1);

fn fixture_in(mode: RegistrationMode) -> Fixture {
    let mut f = fixture();
    f.register.mode = mode;
    f
}

impl Fixture {
    async fn invite(&self) -> InviteCode {
        let create = CreateInvite {
            invites: self.store.clone(),
            clock: self.clock.clone(),
            entropy: Arc::new(CountingEntropy::default()),
        };
        let created = create.run(&Initiator::command_line(), HOUR).await;
        created.unwrap().code
    }

    async fn use_of(&self, code: &InviteCode) -> Option<UsedInvite> {
        let found = self.store.find_by_code(&code.digest()).await.unwrap();
        found.unwrap().used
    }
}

fn invited(code: &InviteCode) -> Registration {
    Registration {
        password: Some("plum tiger kettle".to_owned().into()),
        invite: Some(code.clone()),
        ..ada()
    }
}

#[tokio::test]
async fn where_registration_is_closed_nobody_registers() {
    let f = fixture_in(RegistrationMode::Closed);
    let code = f.invite().await;
    for registration in [ada(), invited(&code), Registration::default()] {
        let error = f.run(registration).await.unwrap_err();
        assert!(matches!(error, RegisterUserError::Closed), "{error}");
    }
    f.assert_nothing_done().await;
    assert_eq!(f.use_of(&code).await, None);
}

#[tokio::test]
async fn without_an_invite_nobody_registers_where_one_is_needed() {
    let f = fixture_in(RegistrationMode::Invite);
    for registration in [ada(), Registration::default()] {
        let error = f.run(registration).await.unwrap_err();
        assert!(
            matches!(error, RegisterUserError::InviteRequired),
            "{error}"
        );
    }
    f.assert_nothing_done().await;
}

#[tokio::test]
async fn an_invite_opens_one_account() {
    let f = fixture_in(RegistrationMode::Invite);
    let code = f.invite().await;
    let ada = f.run(invited(&code)).await.unwrap();
    let used = f.use_of(&code).await.unwrap();
    assert_eq!((used.by, used.at), (ada.id, f.clock.now()));
    f.hasher.take_work();
    let bob = Registration {
        username: "bob".to_owned(),
        email: "bob@example.com".to_owned(),
        ..invited(&code)
    };
    let error = f.run(bob).await.unwrap_err();
    assert!(
        matches!(error, RegisterUserError::InviteUnusable),
        "{error}"
    );
    assert_eq!(f.hasher.take_work(), []);
}

#[tokio::test]
async fn an_unknown_malformed_or_expired_invite_is_refused_before_any_work() {
    let f = fixture_in(RegistrationMode::Invite);
    let code = f.invite().await;
    f.clock.advance(HOUR);
    let unknown = InviteCode::from_random(&[9; 32]);
    let malformed =
        ["", "%00", &"x".repeat(10_000)].map(|text| InviteCode::presented(text.to_owned()));
    for code in [code, unknown].iter().chain(&malformed) {
        let error = f.run(invited(code)).await.unwrap_err();
        assert!(
            matches!(error, RegisterUserError::InviteUnusable),
            "{error}"
        );
        f.assert_nothing_done().await;
    }
}

#[tokio::test]
async fn a_refused_registration_leaves_the_invite_usable() {
    let f = fixture_in(RegistrationMode::Invite);
    let code = f.invite().await;
    let weak = Registration {
        password: Some("password1234".to_owned().into()),
        ..invited(&code)
    };
    f.run(weak).await.unwrap_err();
    assert_eq!(f.use_of(&code).await, None);
    assert!(f.run(invited(&code)).await.is_ok());
}

#[tokio::test]
async fn where_everyone_may_register_an_invite_is_not_looked_at() {
    let f = fixture();
    let code = f.invite().await;
    f.run(invited(&code)).await.unwrap();
    assert_eq!(f.use_of(&code).await, None);
}

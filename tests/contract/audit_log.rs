//! The events that the changing ports add, and their list.

mod reading;

use std::time::Duration;

use serde_json::{Value, json};
use signet::{
    crypto::ClientSecret,
    domain::{
        AccountStatus, Act, Actor, AuditAction, AuditEvent, AuditFilter, AuditTarget, Client,
        Invite, InviteId, NewUser, Page, PageRequest, PageSize, PasswordChange, RolesUpdate,
        SecretDigest, UserUpdate,
    },
};
use uuid::Uuid;

use crate::support::{
    fixtures::{a_time, an_act, an_origin, another_hash, new_user},
    store::{TestStore, on_every_store},
};

on_every_store![
    a_registration_is_its_owners,
    a_registration_names_the_invite_that_it_used_up,
    an_account_that_someone_else_makes_is_a_creation,
    an_update_tells_what_it_changed_and_no_more,
    an_update_that_changes_nothing_leaves_no_event,
    a_deletion_tells_what_was_there,
    a_password_leaves_no_trace_of_itself,
    ending_someones_sessions_is_an_event,
    invites_and_clients_are_audited_without_their_secrets,
    what_is_refused_leaves_no_event,
];

async fn list(store: &TestStore, filter: AuditFilter) -> Vec<AuditEvent> {
    let page = PageRequest {
        size: PageSize::MAX,
        after: None,
    };
    let Page { items, next } = store.audit_log.list(&filter, &page).await.unwrap();
    assert_eq!(next, None);
    items.into_iter().map(|(_, event)| event).collect()
}

/// The newest event.
async fn latest(store: &TestStore) -> AuditEvent {
    list(store, AuditFilter::default()).await.remove(0)
}

async fn count(store: &TestStore) -> usize {
    list(store, AuditFilter::default()).await.len()
}

async fn add(store: &TestStore, name: &str, by: &Act) -> NewUser {
    let user = new_user(name, &format!("{name}@example.com"));
    store.users.register(&user, by).await.unwrap();
    user
}

fn by(user: &NewUser) -> Act {
    Act {
        at: a_time(),
        actor: Actor::User(user.id),
        origin: Some(an_origin()),
    }
}

fn an_invite() -> Invite {
    Invite {
        id: InviteId::new(Uuid::from_u128(1)),
        code: SecretDigest([1; 32]),
        created_at: a_time(),
        created_by: Actor::CommandLine,
        expires_at: a_time() + Duration::from_hours(1),
        used: None,
    }
}

fn fields(event: &AuditEvent) -> [Value; 2] {
    [&event.before, &event.after].map(|fields| serde_json::to_value(fields).unwrap())
}

async fn a_registration_is_its_owners(store: &TestStore) {
    let ada = new_user("Ada", "ada@example.com");
    store.users.register(&ada, &by(&ada)).await.unwrap();
    let event = latest(store).await;
    assert_eq!(event.action, AuditAction::Register);
    assert_eq!(event.act, by(&ada));
    assert_eq!(event.target, AuditTarget::User(ada.id));
    let after = json!({
        "username": "Ada",
        "email": "ada@example.com",
        "display_name": null,
        "status": "active",
        "roles": [],
    });
    assert_eq!(fields(&event), [Value::Null, after]);
}

async fn a_registration_names_the_invite_that_it_used_up(store: &TestStore) {
    let invite = an_invite();
    store.invites.create(&invite, &an_act()).await.unwrap();
    let ada = new_user("ada", "ada@example.com");
    let act = by(&ada);
    let registered = (store.users).register_invited(&ada, &invite.code, &act);
    registered.await.unwrap();
    let event = latest(store).await;
    assert_eq!(event.action, AuditAction::Register);
    let [_, after] = fields(&event);
    assert_eq!(after["invite"], invite.id.to_string());
}

async fn an_account_that_someone_else_makes_is_a_creation(store: &TestStore) {
    let ada = add(store, "ada", &an_act()).await;
    let event = latest(store).await;
    assert_eq!(event.action, AuditAction::CreateUser);
    assert_eq!(event.act, an_act());
    assert_eq!(event.target, AuditTarget::User(ada.id));
}

async fn an_update_tells_what_it_changed_and_no_more(store: &TestStore) {
    let ada = add(store, "ada", &an_act()).await;
    let update = UserUpdate {
        status: Some(AccountStatus::Disabled),
        roles: Some(RolesUpdate::Grant("editor".parse().unwrap())),
        ..UserUpdate::default()
    };
    store
        .users
        .update(ada.id, &update, &an_act())
        .await
        .unwrap();
    let event = latest(store).await;
    assert_eq!(event.action, AuditAction::UpdateUser);
    let before = json!({ "status": "active", "roles": [] });
    let after = json!({ "status": "disabled", "roles": ["editor"] });
    assert_eq!(fields(&event), [before, after]);
}

async fn an_update_that_changes_nothing_leaves_no_event(store: &TestStore) {
    let ada = add(store, "ada", &an_act()).await;
    let update = UserUpdate {
        status: Some(AccountStatus::Active),
        ..UserUpdate::default()
    };
    store
        .users
        .update(ada.id, &update, &an_act())
        .await
        .unwrap();
    assert_eq!(count(store).await, 1);
}

async fn a_deletion_tells_what_was_there(store: &TestStore) {
    let ada = add(store, "ada", &an_act()).await;
    store.users.delete(ada.id, None, &an_act()).await.unwrap();
    let event = latest(store).await;
    assert_eq!(event.action, AuditAction::DeleteUser);
    let [before, after] = fields(&event);
    assert_eq!(before["email"], "ada@example.com");
    assert_eq!(after, Value::Null);
}

async fn a_password_leaves_no_trace_of_itself(store: &TestStore) {
    let ada = add(store, "ada", &an_act()).await;
    let change = PasswordChange {
        from: None,
        to: another_hash(),
        spared: None,
    };
    for (act, action) in [
        (by(&ada), AuditAction::ChangePassword),
        (an_act(), AuditAction::ResetPassword),
    ] {
        store
            .users
            .set_password(ada.id, &change, &act)
            .await
            .unwrap();
        let event = latest(store).await;
        assert_eq!((event.action, event.act.clone()), (action, act));
        assert_eq!(fields(&event), [Value::Null, Value::Null]);
    }
}

async fn ending_someones_sessions_is_an_event(store: &TestStore) {
    let ada = add(store, "ada", &an_act()).await;
    store.sessions.end_all(ada.id, None).await.unwrap();
    assert_eq!(count(store).await, 1);
    store
        .sessions
        .end_all(ada.id, Some(&an_act()))
        .await
        .unwrap();
    let event = latest(store).await;
    assert_eq!(event.action, AuditAction::EndSessions);
    assert_eq!(event.target, AuditTarget::User(ada.id));
}

async fn invites_and_clients_are_audited_without_their_secrets(store: &TestStore) {
    let invite = an_invite();
    store.invites.create(&invite, &an_act()).await.unwrap();
    store.invites.delete(invite.id, &an_act()).await.unwrap();
    let client = Client {
        id: "billing-1".parse().unwrap(),
        name: "billing".parse().unwrap(),
        secret: ClientSecret::from_random(&[7; 32]).digest(),
        scopes: "read".parse().unwrap(),
        audience: None,
        created_at: a_time(),
    };
    store.clients.create(&client, &an_act()).await.unwrap();
    store.clients.delete(&client.id, &an_act()).await.unwrap();
    let told: Vec<_> = list(store, AuditFilter::default())
        .await
        .iter()
        .map(|event| (event.action, fields(event)))
        .collect();
    let of_client = json!({ "name": "billing", "scope": ["read"], "audience": null });
    let of_invite = json!({ "expires": "2026-01-01T01:00:00.123456+00:00", "used_by": null });
    let expected = [
        (AuditAction::DeleteClient, [of_client.clone(), Value::Null]),
        (AuditAction::CreateClient, [Value::Null, of_client]),
        (AuditAction::DeleteInvite, [of_invite.clone(), Value::Null]),
        (AuditAction::CreateInvite, [Value::Null, of_invite]),
    ];
    assert_eq!(told, expected);
}

async fn what_is_refused_leaves_no_event(store: &TestStore) {
    let ada = add(store, "ada", &an_act()).await;
    let grant = UserUpdate {
        roles: Some(RolesUpdate::Grant("admin".parse().unwrap())),
        ..UserUpdate::default()
    };
    store.users.update(ada.id, &grant, &an_act()).await.unwrap();
    let before = count(store).await;
    let again = new_user("ada", "other@example.com");
    store.users.register(&again, &an_act()).await.unwrap_err();
    let disable = UserUpdate {
        status: Some(AccountStatus::Disabled),
        ..UserUpdate::default()
    };
    store
        .users
        .update(ada.id, &disable, &an_act())
        .await
        .unwrap_err();
    store
        .users
        .delete(ada.id, None, &an_act())
        .await
        .unwrap_err();
    let unknown = InviteId::new(Uuid::nil());
    assert!(!store.invites.delete(unknown, &an_act()).await.unwrap());
    assert_eq!(count(store).await, before);
}

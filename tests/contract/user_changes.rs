//! Changes of accounts: roles, status, passwords, the last admin.

use signet::{
    domain::{
        AccountStatus, AuthSuccess, NewUser, PasswordChange, Role, Roles, RolesUpdate, SessionId,
        TokenId, User, UserUpdate,
    },
    ports::{DeleteUserError, SetPasswordError, UpdateUserError},
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    fixtures::{a_hash, a_time, an_act, an_origin, another_hash, new_user},
    store::{TestStore, alternate, on_every_store},
    tokens::a_session,
};

on_every_store![
    an_account_is_found_by_its_id,
    an_update_changes_what_it_names_and_nothing_else,
    a_display_name_can_be_taken_away,
    an_email_that_another_account_has_is_refused_and_nothing_changes,
    an_account_may_change_the_case_of_its_own_email,
    roles_are_granted_and_revoked_one_by_one,
    more_than_thirty_two_roles_are_refused,
    disabling_ends_the_sessions_of_this_account_alone,
    a_missing_account_cannot_be_changed,
    the_last_admin_cannot_be_demoted_disabled_or_deleted,
    an_admin_can_go_while_another_is_active,
    a_disabled_admin_is_no_admin,
    of_admins_who_demote_each_other_at_once_one_stays,
    a_password_is_replaced_and_the_other_sessions_end,
    a_password_that_was_changed_meanwhile_is_not_replaced,
    a_deleted_account_leaves_its_names_free,
    an_account_whose_password_was_changed_meanwhile_is_not_deleted,
];

async fn add(store: &TestStore, name: &str, roles: &str) -> NewUser {
    let user = NewUser {
        roles: roles.parse().unwrap(),
        ..new_user(name, &format!("{name}@example.com"))
    };
    store.users.register(&user, &an_act()).await.unwrap();
    user
}

async fn find(store: &TestStore, user: &NewUser) -> User {
    store.users.find(user.id).await.unwrap().unwrap()
}

async fn update(
    store: &TestStore,
    user: &NewUser,
    update: UserUpdate,
) -> Result<User, UpdateUserError> {
    store.users.update(user.id, &update, &an_act()).await
}

fn admin() -> Role {
    Role::ADMIN.parse().unwrap()
}

fn disable() -> UserUpdate {
    UserUpdate {
        status: Some(AccountStatus::Disabled),
        ..UserUpdate::default()
    }
}

fn roles(roles: RolesUpdate) -> UserUpdate {
    UserUpdate {
        roles: Some(roles),
        ..UserUpdate::default()
    }
}

async fn begin_session(store: &TestStore, number: u128, user: &NewUser) -> SessionId {
    let success = AuthSuccess {
        session: a_session(number, user.id),
        kid: "kid-1".parse().unwrap(),
        jti: TokenId::new(Uuid::from_u128(number)),
        verified: a_hash(),
        rehash: None,
    };
    let log = &store.auth_log;
    log.record_success(a_time(), &an_origin(), &success)
        .await
        .unwrap();
    success.session.id
}

async fn sessions(store: &TestStore, user: &NewUser) -> Vec<SessionId> {
    let live = store.sessions.list_live(user.id, a_time()).await.unwrap();
    live.iter().map(|session| session.id).collect()
}

async fn an_account_is_found_by_its_id(store: &TestStore) {
    let ada = add(store, "ada", "editor admin").await;
    let found = find(store, &ada).await;
    assert_eq!(found, User::from(ada));
    let nobody = "00000000-0000-0000-0000-000000000000".parse().unwrap();
    assert_eq!(store.users.find(nobody).await.unwrap(), None);
}

async fn an_update_changes_what_it_names_and_nothing_else(store: &TestStore) {
    let ada = add(store, "ada", "").await;
    let eve = add(store, "eve", "").await;
    let change = UserUpdate {
        email: Some("countess@example.com".parse().unwrap()),
        display_name: Some(Some("Ada Lovelace".parse().unwrap())),
        status: None,
        roles: Some(RolesUpdate::Set("editor".parse().unwrap())),
    };
    let updated = update(store, &ada, change).await.unwrap();
    let expected = User {
        email: "countess@example.com".parse().unwrap(),
        display_name: Some("Ada Lovelace".parse().unwrap()),
        roles: "editor".parse().unwrap(),
        ..User::from(ada.clone())
    };
    assert_eq!(updated, expected);
    assert_eq!(find(store, &ada).await, expected);
    assert_eq!(find(store, &eve).await, User::from(eve));
}

async fn a_display_name_can_be_taken_away(store: &TestStore) {
    let ada = add(store, "ada", "").await;
    let name = |name| UserUpdate {
        display_name: Some(name),
        ..UserUpdate::default()
    };
    let named = name(Some("Ada".parse().unwrap()));
    update(store, &ada, named).await.unwrap();
    update(store, &ada, name(None)).await.unwrap();
    assert_eq!(find(store, &ada).await, User::from(ada));
}

async fn an_email_that_another_account_has_is_refused_and_nothing_changes(store: &TestStore) {
    let ada = add(store, "ada", "").await;
    add(store, "eve", "").await;
    let change = UserUpdate {
        email: Some("EVE@example.com".parse().unwrap()),
        roles: Some(RolesUpdate::Grant(admin())),
        ..UserUpdate::default()
    };
    let refused = update(store, &ada, change).await;
    assert!(matches!(refused, Err(UpdateUserError::EmailTaken)));
    assert_eq!(find(store, &ada).await, User::from(ada));
}

async fn an_account_may_change_the_case_of_its_own_email(store: &TestStore) {
    let ada = add(store, "ada", "").await;
    let change = UserUpdate {
        email: Some("Ada@example.com".parse().unwrap()),
        ..UserUpdate::default()
    };
    let updated = update(store, &ada, change).await.unwrap();
    assert_eq!(updated.email.as_str(), "Ada@example.com");
}

async fn roles_are_granted_and_revoked_one_by_one(store: &TestStore) {
    let ada = add(store, "ada", "editor").await;
    let grant = roles(RolesUpdate::Grant("author".parse().unwrap()));
    update(store, &ada, grant.clone()).await.unwrap();
    let granted = update(store, &ada, grant).await.unwrap();
    assert_eq!(granted.roles.to_string(), "author editor");
    let revoke = roles(RolesUpdate::Revoke("editor".parse().unwrap()));
    update(store, &ada, revoke.clone()).await.unwrap();
    let revoked = update(store, &ada, revoke).await.unwrap();
    assert_eq!(revoked.roles.to_string(), "author");
}

async fn more_than_thirty_two_roles_are_refused(store: &TestStore) {
    let names: Vec<_> = (0..32).map(|number| format!("role{number}")).collect();
    let ada = add(store, "ada", &names.join(" ")).await;
    let grant = roles(RolesUpdate::Grant(admin()));
    let refused = update(store, &ada, grant).await;
    assert!(matches!(refused, Err(UpdateUserError::Roles(_))));
    assert_eq!(find(store, &ada).await, User::from(ada));
}

async fn disabling_ends_the_sessions_of_this_account_alone(store: &TestStore) {
    let ada = add(store, "ada", "").await;
    let eve = add(store, "eve", "").await;
    begin_session(store, 1, &ada).await;
    let eves = begin_session(store, 2, &eve).await;
    let disabled = update(store, &ada, disable()).await.unwrap();
    assert_eq!(disabled.status, AccountStatus::Disabled);
    assert_eq!(sessions(store, &ada).await, []);
    assert_eq!(sessions(store, &eve).await, [eves]);
}

async fn a_missing_account_cannot_be_changed(store: &TestStore) {
    let ada = new_user("ada", "ada@example.com");
    let refused = update(store, &ada, disable()).await;
    assert!(matches!(refused, Err(UpdateUserError::NotFound)));
    let refused = store.users.delete(ada.id, None, &an_act()).await;
    assert!(matches!(refused, Err(DeleteUserError::NotFound)));
    let change = PasswordChange {
        from: None,
        to: another_hash(),
        spared: None,
    };
    let refused = store.users.set_password(ada.id, &change, &an_act()).await;
    assert!(matches!(refused, Err(SetPasswordError::NotFound)));
}

async fn the_last_admin_cannot_be_demoted_disabled_or_deleted(store: &TestStore) {
    let ada = add(store, "ada", "admin editor").await;
    add(store, "eve", "editor").await;
    begin_session(store, 1, &ada).await;
    for change in [
        disable(),
        roles(RolesUpdate::Set(Roles::default())),
        roles(RolesUpdate::Revoke(admin())),
    ] {
        let refused = update(store, &ada, change).await;
        assert!(matches!(refused, Err(UpdateUserError::LastAdmin)));
    }
    let refused = store.users.delete(ada.id, None, &an_act()).await;
    assert!(matches!(refused, Err(DeleteUserError::LastAdmin)));
    assert!(find(store, &ada).await.is_admin());
    assert_eq!(sessions(store, &ada).await.len(), 1);
}

async fn an_admin_can_go_while_another_is_active(store: &TestStore) {
    let ada = add(store, "ada", "admin").await;
    let eve = add(store, "eve", "admin").await;
    store.users.delete(ada.id, None, &an_act()).await.unwrap();
    let refused = store.users.delete(eve.id, None, &an_act()).await;
    assert!(matches!(refused, Err(DeleteUserError::LastAdmin)));
}

async fn a_disabled_admin_is_no_admin(store: &TestStore) {
    let ada = add(store, "ada", "admin").await;
    let eve = add(store, "eve", "admin").await;
    update(store, &eve, disable()).await.unwrap();
    let refused = update(store, &ada, disable()).await;
    assert!(matches!(refused, Err(UpdateUserError::LastAdmin)));
    store.users.delete(eve.id, None, &an_act()).await.unwrap();
}

async fn of_admins_who_demote_each_other_at_once_one_stays(store: &TestStore) {
    let mut tasks = JoinSet::new();
    let mut admins = Vec::new();
    for number in 0..20 {
        admins.push(add(store, &format!("admin{number}"), "admin").await);
    }
    for (count, user) in admins.iter().enumerate() {
        let users = alternate(count, &store.users, &store.elsewhere.users);
        let id = user.id;
        let change = match count % 3 {
            0 => Some(disable()),
            1 => Some(roles(RolesUpdate::Revoke(admin()))),
            _ => None,
        };
        tasks.spawn(async move {
            match change {
                Some(change) => users.update(id, &change, &an_act()).await.is_ok(),
                None => users.delete(id, None, &an_act()).await.is_ok(),
            }
        });
    }
    let gone = tasks.join_all().await;
    assert_eq!(gone.iter().filter(|gone| !**gone).count(), 1);
}

async fn a_password_is_replaced_and_the_other_sessions_end(store: &TestStore) {
    let ada = add(store, "ada", "").await;
    begin_session(store, 1, &ada).await;
    let spared = begin_session(store, 2, &ada).await;
    let mut change = PasswordChange {
        from: Some(a_hash()),
        to: another_hash(),
        spared: Some(spared),
    };
    store
        .users
        .set_password(ada.id, &change, &an_act())
        .await
        .unwrap();
    assert_eq!(find(store, &ada).await.password_hash, another_hash());
    assert_eq!(sessions(store, &ada).await, [spared]);
    change = PasswordChange {
        from: None,
        to: a_hash(),
        spared: None,
    };
    store
        .users
        .set_password(ada.id, &change, &an_act())
        .await
        .unwrap();
    assert_eq!(find(store, &ada).await.password_hash, a_hash());
    assert_eq!(sessions(store, &ada).await, []);
}

async fn a_password_that_was_changed_meanwhile_is_not_replaced(store: &TestStore) {
    let ada = add(store, "ada", "").await;
    begin_session(store, 1, &ada).await;
    let change = PasswordChange {
        from: Some(another_hash()),
        to: another_hash(),
        spared: None,
    };
    let refused = store.users.set_password(ada.id, &change, &an_act()).await;
    assert!(matches!(refused, Err(SetPasswordError::Changed)));
    assert_eq!(find(store, &ada).await.password_hash, a_hash());
    assert_eq!(sessions(store, &ada).await.len(), 1);
}

async fn a_deleted_account_leaves_its_names_free(store: &TestStore) {
    let ada = add(store, "ada", "editor").await;
    begin_session(store, 1, &ada).await;
    store.users.delete(ada.id, None, &an_act()).await.unwrap();
    assert_eq!(store.users.find(ada.id).await.unwrap(), None);
    let live = store
        .sessions
        .find_live(SessionId::new(Uuid::from_u128(1)), a_time());
    assert_eq!(live.await.unwrap(), None);
    add(store, "ada", "").await;
}

async fn an_account_whose_password_was_changed_meanwhile_is_not_deleted(store: &TestStore) {
    let ada = add(store, "ada", "").await;
    begin_session(store, 1, &ada).await;
    let verified = another_hash();
    let refused = store.users.delete(ada.id, Some(&verified), &an_act()).await;
    assert!(matches!(refused, Err(DeleteUserError::PasswordChanged)));
    assert_eq!(sessions(store, &ada).await.len(), 1);
    let verified = a_hash();
    let deleted = store.users.delete(ada.id, Some(&verified), &an_act()).await;
    deleted.unwrap();
}

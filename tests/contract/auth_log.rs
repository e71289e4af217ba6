use std::time::Duration;

use signet::{
    domain::{
        AccountStatus, AuthFailure, AuthSuccess, NewUser, PasswordChange, Timestamp, TokenId, User,
        UserId,
    },
    ports::LoginRecord,
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    fixtures::{a_hash, a_time, an_act, an_origin, another_hash, new_user},
    store::{TestStore, alternate, on_every_store},
    tokens::a_session,
};

on_every_store![
    a_failure_is_one_row_without_token,
    an_unknown_user_leaves_no_user_id,
    a_success_is_one_row_with_its_token,
    a_success_sets_last_login,
    an_earlier_success_does_not_set_last_login_back,
    a_rehash_replaces_the_hash_that_was_verified,
    a_login_that_was_verified_against_another_hash_is_not_granted_and_nothing_changes,
    a_login_of_a_disabled_account_is_one_whatever_its_hash,
    of_a_reset_and_fifty_logins_at_once_no_session_outlives_the_reset,
    a_disabled_account_is_not_granted_a_login_and_nothing_changes,
    a_missing_account_is_not_granted_a_login,
    fifty_concurrent_logins_are_fifty_rows,
];

async fn register(store: &TestStore) -> NewUser {
    let user = new_user("ada", "ada@example.com");
    store.users.register(&user, &an_act()).await.unwrap();
    user
}

async fn reread(store: &TestStore, user: &NewUser) -> User {
    let found = store.users.find_by_username(&user.username).await;
    found.unwrap().unwrap()
}

fn success(user: UserId) -> AuthSuccess {
    AuthSuccess {
        session: a_session(1, user),
        kid: "kid-1".parse().unwrap(),
        jti: TokenId::new(Uuid::from_u128(7)),
        verified: a_hash(),
        rehash: None,
    }
}

async fn grant(store: &TestStore, at: Timestamp, success: &AuthSuccess) -> LoginRecord {
    let origin = an_origin();
    store
        .auth_log
        .record_success(at, &origin, success)
        .await
        .unwrap()
}

async fn a_failure_is_one_row_without_token(store: &TestStore) {
    let user = register(store).await;
    for failure in [
        AuthFailure::WrongPassword(user.id),
        AuthFailure::Disabled(user.id),
    ] {
        store
            .auth_log
            .record_failure(a_time(), &an_origin(), failure)
            .await
            .unwrap();
    }
    let id = user.id.to_string();
    let row = |outcome| {
        [
            "192.0.2.7",
            &id,
            outcome,
            "curl/8",
            "request-1",
            "NULL",
            "NULL",
            "NULL",
            "NULL",
        ]
    };
    let rows = store.auth_log().await;
    assert_eq!(rows, [row("wrong_password"), row("disabled")]);
}

async fn an_unknown_user_leaves_no_user_id(store: &TestStore) {
    let mut origin = an_origin();
    origin.user_agent = None;
    let failure = AuthFailure::UnknownUser;
    store
        .auth_log
        .record_failure(a_time(), &origin, failure)
        .await
        .unwrap();
    let row = [
        "192.0.2.7",
        "NULL",
        "unknown_user",
        "NULL",
        "request-1",
        "NULL",
        "NULL",
        "NULL",
        "NULL",
    ];
    assert_eq!(store.auth_log().await, [row]);
}

async fn a_success_is_one_row_with_its_token(store: &TestStore) {
    let user = register(store).await;
    let recorded = grant(store, a_time(), &success(user.id)).await;
    assert_eq!(recorded, LoginRecord::Recorded);
    let id = user.id.to_string();
    let jti = "00000000-0000-0000-0000-000000000007";
    let row = [
        "192.0.2.7",
        &id,
        "success",
        "curl/8",
        "request-1",
        "kid-1",
        jti,
        "00000000-0000-0000-0000-000000000001",
        "NULL",
    ];
    assert_eq!(store.auth_log().await, [row]);
}

async fn a_success_sets_last_login(store: &TestStore) {
    let user = register(store).await;
    grant(store, a_time(), &success(user.id)).await;
    assert_eq!(reread(store, &user).await.last_login, Some(a_time()));
}

async fn an_earlier_success_does_not_set_last_login_back(store: &TestStore) {
    let user = register(store).await;
    for (number, at) in [(1, a_time()), (2, a_time() - Duration::from_millis(1))] {
        let success = AuthSuccess {
            session: a_session(number, user.id),
            ..success(user.id)
        };
        grant(store, at, &success).await;
    }
    assert_eq!(reread(store, &user).await.last_login, Some(a_time()));
}

async fn a_rehash_replaces_the_hash_that_was_verified(store: &TestStore) {
    let user = register(store).await;
    let success = AuthSuccess {
        rehash: Some(another_hash()),
        ..success(user.id)
    };
    let recorded = grant(store, a_time(), &success).await;
    assert_eq!(recorded, LoginRecord::Recorded);
    assert_eq!(reread(store, &user).await.password_hash, another_hash());
}

async fn a_login_that_was_verified_against_another_hash_is_not_granted_and_nothing_changes(
    store: &TestStore,
) {
    let user = register(store).await;
    let before = reread(store, &user).await;
    for rehash in [None, Some(another_hash())] {
        let success = AuthSuccess {
            verified: another_hash(),
            rehash,
            ..success(user.id)
        };
        let recorded = grant(store, a_time(), &success).await;
        assert_eq!(recorded, LoginRecord::PasswordChanged);
    }
    assert_eq!(reread(store, &user).await, before);
    assert!(store.auth_log().await.is_empty());
    let live = store.sessions.list_live(user.id, a_time()).await.unwrap();
    assert_eq!(live, []);
}

async fn a_login_of_a_disabled_account_is_one_whatever_its_hash(store: &TestStore) {
    let user = register(store).await;
    store.set_status(user.id, AccountStatus::Disabled).await;
    let success = AuthSuccess {
        verified: another_hash(),
        ..success(user.id)
    };
    let recorded = grant(store, a_time(), &success).await;
    assert_eq!(recorded, LoginRecord::AccountNotActive);
}

async fn of_a_reset_and_fifty_logins_at_once_no_session_outlives_the_reset(store: &TestStore) {
    let user = register(store).await;
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let auth_log = alternate(count, &store.auth_log, &store.elsewhere.auth_log);
        let users = store.users.clone();
        tasks.spawn(async move {
            if count == 25 {
                let reset = PasswordChange {
                    from: None,
                    to: another_hash(),
                    spared: None,
                };
                users
                    .set_password(user.id, &reset, &an_act())
                    .await
                    .unwrap();
                return;
            }
            let success = AuthSuccess {
                session: a_session(count as u128, user.id),
                ..success(user.id)
            };
            let origin = an_origin();
            auth_log
                .record_success(a_time(), &origin, &success)
                .await
                .unwrap();
        });
    }
    tasks.join_all().await;
    let live = store.sessions.list_live(user.id, a_time()).await.unwrap();
    assert_eq!(live, []);
}

async fn a_disabled_account_is_not_granted_a_login_and_nothing_changes(store: &TestStore) {
    let user = register(store).await;
    store.set_status(user.id, AccountStatus::Disabled).await;
    let before = reread(store, &user).await;
    let success = AuthSuccess {
        rehash: Some(another_hash()),
        ..success(user.id)
    };
    let recorded = grant(store, a_time(), &success).await;
    assert_eq!(recorded, LoginRecord::AccountNotActive);
    assert_eq!(reread(store, &user).await, before);
    assert!(store.auth_log().await.is_empty());
}

async fn a_missing_account_is_not_granted_a_login(store: &TestStore) {
    let nobody = success(UserId::new(Uuid::from_u128(9)));
    let recorded = grant(store, a_time(), &nobody).await;
    assert_eq!(recorded, LoginRecord::AccountNotActive);
    assert!(store.auth_log().await.is_empty());
}

async fn fifty_concurrent_logins_are_fifty_rows(store: &TestStore) {
    let user = register(store).await;
    let mut tasks = JoinSet::new();
    for count in 0..50 {
        let auth_log = alternate(count, &store.auth_log, &store.elsewhere.auth_log);
        tasks.spawn(async move {
            let success = AuthSuccess {
                session: a_session(count as u128, user.id),
                ..success(user.id)
            };
            auth_log
                .record_success(a_time(), &an_origin(), &success)
                .await
                .unwrap()
        });
    }
    let results = tasks.join_all().await;
    assert!(results.iter().all(|r| *r == LoginRecord::Recorded));
    assert_eq!(store.auth_log().await.len(), 50);
}

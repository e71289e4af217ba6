//! A database with a row in every table, and a value in every column.

use std::time::Duration;

use signet::{
    domain::{
        Act, Actor, AuthFailure, AuthSuccess, Client, ClientAddress, Invite, InviteId, KeyChange,
        RefreshKeyId, RequestOrigin, Roles, SecretDigest, TokenId, UserUpdate,
    },
    ports::KeyChanged,
};
use uuid::Uuid;

use crate::support::{
    clock::ManualClock,
    fixtures::{a_hash, a_refresh_key, a_stored_key, a_time, an_act, an_origin, new_user},
    store::TestStore,
    tokens::a_session,
};

pub(super) async fn filled() -> TestStore {
    let store = TestStore::sqlite().await;
    fill_accounts(&store).await;
    fill_keys(&store).await;
    fill_clients(&store).await;
    store
}

fn an_act_over_http() -> Act {
    Act {
        origin: Some(an_origin()),
        ..an_act()
    }
}

async fn fill_accounts(store: &TestStore) {
    let mut ada = new_user("Ada", "Ada@example.com");
    ada.display_name = Some("Ada, Countess of Lovelace ♥".parse().unwrap());
    ada.roles = Roles::new(["admin", "editor"].map(|role| role.parse().unwrap())).unwrap();
    let by = an_act_over_http();
    store.users.register(&ada, &by).await.unwrap();
    let update = UserUpdate {
        display_name: Some(Some("Ada".parse().unwrap())),
        ..UserUpdate::default()
    };
    store.users.update(ada.id, &update, &by).await.unwrap();
    let invite = Invite {
        id: InviteId::new(Uuid::from_u128(1)),
        code: SecretDigest([1; 32]),
        created_at: a_time(),
        created_by: Actor::CommandLine,
        expires_at: a_time() + Duration::from_hours(1),
        used: None,
    };
    store.invites.create(&invite, &by).await.unwrap();
    let invited = new_user("grace", "grace@example.com");
    let registered = store.users.register_invited(&invited, &invite.code, &by);
    registered.await.unwrap();
    for (number, address) in [(1, "192.0.2.7"), (2, "2001:db8::1")] {
        let origin = RequestOrigin {
            address: ClientAddress::new(address.parse().unwrap()),
            ..an_origin()
        };
        let success = AuthSuccess {
            session: a_session(number, ada.id),
            kid: "kid-1".parse().unwrap(),
            jti: TokenId::new(Uuid::from_u128(number)),
            verified: a_hash(),
            rehash: None,
        };
        let recorded = store.auth_log.record_success(a_time(), &origin, &success);
        recorded.await.unwrap();
        for failure in [
            AuthFailure::UnknownUser,
            AuthFailure::WrongClientSecret("client-1".parse().unwrap()),
        ] {
            let recorded = store.auth_log.record_failure(a_time(), &origin, failure);
            recorded.await.unwrap();
        }
    }
}

/// One key of each state: among their columns some are null.
async fn fill_keys(store: &TestStore) {
    let mut active = a_stored_key("first", a_time());
    active.life = active.life.activated(a_time());
    let promote = |active: &str, next: &str, new_next: &str, seconds| KeyChange::Promote {
        active: active.parse().unwrap(),
        next: next.parse().unwrap(),
        new_next: a_stored_key(new_next, a_time()),
        at: a_time() + Duration::from_secs(seconds),
        still_signing: Duration::from_secs(30),
    };
    for change in [
        KeyChange::Begin {
            active,
            next: a_stored_key("second", a_time()),
        },
        promote("first", "second", "third", 100),
        promote("second", "third", "fourth", 200),
        KeyChange::Expire {
            kid: "first".parse().unwrap(),
            at: a_time() + Duration::from_hours(24),
        },
        KeyChange::AddRefreshKey {
            latest: None,
            key: a_refresh_key(1),
        },
        KeyChange::AddRefreshKey {
            latest: Some(RefreshKeyId::new(1)),
            key: a_refresh_key(2),
        },
    ] {
        let changed = store.keys.change(&change, None, &ManualClock::new()).await;
        assert_eq!(changed.unwrap(), KeyChanged::Done, "{change:?}");
    }
}

async fn fill_clients(store: &TestStore) {
    let client = Client {
        id: "client-1".parse().unwrap(),
        name: "Reports".parse().unwrap(),
        secret: SecretDigest([7; 32]),
        scopes: "read write".parse().unwrap(),
        audience: Some(vec!["https://api.example".to_owned()].into()),
        created_at: a_time(),
    };
    let by = an_act_over_http();
    store.clients.create(&client, &by).await.unwrap();
    let token = TokenId::new(Uuid::from_u128(9));
    let revoked = store.clients.revoke_token(token, a_time());
    revoked.await.unwrap();
}

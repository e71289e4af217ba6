use std::time::Duration;

use serde_json::json;
use signet::domain::{AccessTokenPolicy, AccountStatus, Audience, Claims, TokenId, User, UserId};
use uuid::Uuid;

use crate::support::{
    fixtures::{a_hash, a_time},
    tokens::a_session,
};

fn claims(audience: Audience) -> serde_json::Value {
    let user = User {
        id: UserId::new(Uuid::from_u128(1)),
        username: "Ada".parse().unwrap(),
        email: "ada@example.com".parse().unwrap(),
        password_hash: a_hash(),
        display_name: None,
        status: AccountStatus::Active,
        roles: "editor admin".parse().unwrap(),
        date_registered: a_time(),
        last_login: None,
    };
    let policy = AccessTokenPolicy {
        issuer: "https://auth.example".to_owned(),
        audience,
        client_id: "web".to_owned(),
        lifetime: Duration::from_mins(15),
    };
    let jti = TokenId::new(Uuid::from_u128(2));
    let session = a_session(3, user.id);
    serde_json::to_value(Claims::for_session(&user, &session, &policy, jti, a_time())).unwrap()
}

#[test]
fn a_login_gets_the_claims_of_rfc_9068() {
    assert_eq!(
        claims(vec!["https://api.example".to_owned()].into()),
        json!({
            "iss": "https://auth.example",
            "sub": "00000000-0000-0000-0000-000000000001",
            "aud": "https://api.example",
            "client_id": "web",
            "iat": 1_767_225_600,
            "exp": 1_767_226_500,
            "jti": "00000000-0000-0000-0000-000000000002",
            "auth_time": 1_767_225_600,
            "preferred_username": "Ada",
            "roles": ["admin", "editor"],
            "sid": "00000000-0000-0000-0000-000000000003",
        })
    );
}

#[test]
fn several_audiences_are_an_array_in_their_order() {
    let audiences = ["a", "b", "c"].map(str::to_owned);
    assert_eq!(
        claims(audiences.to_vec().into())["aud"],
        json!(["a", "b", "c"])
    );
}

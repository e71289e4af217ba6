//! What the PostgreSQL adapter does beyond the ports' contracts.

mod changed_tables;
mod isolation;
mod lost_connections;
mod migrating;
mod outage;
mod pool;
mod purging;
mod read_only;
mod refreshing;
mod tables_in_use;
mod tls;

use signet::{
    adapters::database::{SqlAuthLog, SqlUserRepo},
    domain::{AuthSuccess, TokenId},
    ports::{AuthLog, UserRepo},
};
use uuid::Uuid;

use crate::support::{
    fixtures::{a_hash, a_time, an_act, an_origin, new_user},
    postgres::PostgresDatabase,
    tokens::a_session,
};

/// An account with its first session.
async fn logged_in() -> Option<PostgresDatabase> {
    let test = PostgresDatabase::new().await?;
    let user = new_user("ada", "ada@example.com");
    let users = SqlUserRepo::new(test.database.clone());
    users.register(&user, &an_act()).await.unwrap();
    let success = AuthSuccess {
        session: a_session(1, user.id),
        kid: "kid-1".parse().unwrap(),
        jti: TokenId::new(Uuid::from_u128(1)),
        verified: a_hash(),
        rehash: None,
    };
    let log = SqlAuthLog::new(test.database.clone());
    let recorded = log.record_success(a_time(), &an_origin(), &success).await;
    recorded.unwrap();
    Some(test)
}

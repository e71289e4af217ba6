//! Another server migrates while this one has its statements prepared.

use signet::{
    adapters::database::{SqlKeyStore, SqlUserRepo},
    domain::UserUpdate,
    ports::{KeyStore, UserRepo},
};

use crate::support::{
    fixtures::{an_act, new_user},
    postgres::PostgresDatabase,
};

/// Statements on these columns answer in other types than they were prepared for.
const CHANGE: &str = "ALTER TABLE users ALTER COLUMN username TYPE text; \
                      ALTER TABLE keys ALTER COLUMN kid TYPE text";

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_asked_again_after_a_table_changed() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let users = SqlUserRepo::new(test.database.clone());
    let ada = new_user("ada", "ada@example.com");
    users.register(&ada, &an_act()).await.unwrap();
    let name = "ada".parse().unwrap();
    let read = async || users.find_by_username(&name).await.unwrap().is_some();
    // On several of the pool's connections.
    tokio::join!(read(), read(), read(), read());
    test.execute(CHANGE).await;
    for _ in 0..5 {
        assert!(read().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_of_several_tables_is_done_again_after_one_changed() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let keys = SqlKeyStore::new(test.database.clone());
    keys.load().await.unwrap();
    test.execute(CHANGE).await;
    keys.load().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_done_again_after_a_table_changed() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let users = SqlUserRepo::new(test.database.clone());
    let ada = new_user("ada", "ada@example.com");
    users.register(&ada, &an_act()).await.unwrap();
    let name = async |name: &str| {
        let update = UserUpdate {
            display_name: Some(Some(name.parse().unwrap())),
            ..UserUpdate::default()
        };
        users.update(ada.id, &update, &an_act()).await
    };
    name("Ada").await.unwrap();
    test.execute(CHANGE).await;
    name("Ada L.").await.unwrap();
}

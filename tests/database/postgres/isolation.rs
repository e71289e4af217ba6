use crate::support::postgres::{PostgresDatabase, open};

#[tokio::test]
async fn steps_read_what_is_committed_whatever_the_database_has_by_default() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    let name = &test.name;
    test.execute(&format!(
        "ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"
    ))
    .await;
    let options = "options=-c%20default_transaction_isolation%3Dserializable";
    let url = test.url();
    let separator = if url.contains('?') { '&' } else { '?' };
    for url in [url.clone(), format!("{url}{separator}{options}")] {
        let database = open(&url).await;
        let level = database.server_setting("transaction_isolation").await;
        assert_eq!(level.unwrap(), "read committed");
        database.close().await.unwrap();
    }
}

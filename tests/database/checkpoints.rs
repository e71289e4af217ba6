use std::fs;

use crate::support::{
    fixtures::{an_act, new_user},
    redis::until,
    store::TestStore,
};

#[tokio::test]
async fn what_was_committed_reaches_the_database_file_while_it_is_open() {
    let store = TestStore::sqlite().await;
    let path = store.database().path();
    let email = "ada@example.com";
    let reached = || {
        let file = fs::read(&path).unwrap();
        file.windows(email.len())
            .any(|part| part == email.as_bytes())
    };
    let user = new_user("ada", email);
    store.users.register(&user, &an_act()).await.unwrap();
    until(reached).await;
}

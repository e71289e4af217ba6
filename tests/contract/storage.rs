use crate::support::store::{TestStore, on_every_store};

on_every_store![an_open_store_answers];

async fn an_open_store_answers(store: &TestStore) {
    store.storage.ping().await.unwrap();
}

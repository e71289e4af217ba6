use std::pin::pin;

use futures_util::poll;
use sqlx::{ConnectOptions, Executor, sqlite::SqliteConnectOptions};
use tokio::task::yield_now;

use crate::support::{
    fixtures::{an_act, new_user},
    store::TestStore,
};

/// More callers than there are connections ask, and go away before they have an answer. Now
/// and then SQLite's thread is the quicker one.
async fn go_away(store: &TestStore) {
    let mut gone = 0;
    while gone < 5 {
        let loading = pin!(store.keys.load());
        gone += usize::from(poll!(loading).is_pending());
    }
}

/// A reader that stayed in that transaction would show the data of its moment from then on.
#[tokio::test]
async fn a_caller_who_goes_away_leaves_no_transaction_behind() {
    let store = TestStore::sqlite().await;
    store.keys.load().await.unwrap();
    go_away(&store).await;
    let user = new_user("ada", "ada@example.com");
    assert_eq!(store.users.find(user.id).await.unwrap(), None);
    store.users.register(&user, &an_act()).await.unwrap();
    assert!(store.users.find(user.id).await.unwrap().is_some());
    store.keys.load().await.unwrap();
}

/// Whether the connection that writes is used.
fn writes(store: &TestStore) -> bool {
    let writer = store.database().writer();
    writer.idle < writer.open
}

/// One goes on that another process makes, and one of this process waits for it.
#[tokio::test]
async fn readers_wait_for_no_write() {
    let store = TestStore::sqlite().await;
    let [ada, bob] = ["ada", "bob"].map(|name| new_user(name, &format!("{name}@example.com")));
    store.users.register(&ada, &an_act()).await.unwrap();
    let path = store.database().path();
    let options = SqliteConnectOptions::new().filename(&path);
    let mut other = options.connect().await.unwrap();
    let write = "BEGIN EXCLUSIVE; DELETE FROM users";
    other.execute(write).await.unwrap();
    let by = an_act();
    let mut waits = pin!(store.users.register(&bob, &by));
    while !writes(&store) {
        assert!(poll!(&mut waits).is_pending());
        yield_now().await;
    }
    assert!(store.users.find(ada.id).await.unwrap().is_some());
    assert!(poll!(&mut waits).is_pending());
    other.execute("ROLLBACK").await.unwrap();
    waits.await.unwrap();
}

#[tokio::test]
async fn callers_who_go_away_leave_connections_to_others() {
    let store = TestStore::sqlite().await;
    go_away(&store).await;
    store.keys.load().await.unwrap();
}

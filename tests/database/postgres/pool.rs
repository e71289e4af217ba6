use signet::ports::Storage;

use crate::support::postgres::{PostgresDatabase, limits};

#[tokio::test]
async fn its_one_pool_tells_of_its_connections() {
    let Some(test) = PostgresDatabase::new().await else {
        return;
    };
    test.database.ping().await.unwrap();
    let pools = test.database.pools();
    let [pool] = pools[..] else {
        panic!("{pools:?}")
    };
    assert_eq!((pool.name, pool.most), ("all", limits().pool_size));
    assert!(pool.open >= 1 && pool.idle <= pool.open, "{pool:?}");
}

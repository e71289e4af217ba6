//! Servers of different versions at one Redis, while they are updated.

use ::redis::AsyncCommands;
use signet::{
    adapters::limiter::{FallbackPolicy, RedisSettings},
    ports::Attempt,
};

use super::{PATIENCE, admitted, fail, name, over};
use crate::support::{
    fixtures::shared_names,
    redis::{RedisProcess, counting},
};

/// What this holds may change with [`RedisSettings::PREFIX`] alone.
#[tokio::test]
async fn under_version_1_a_name_is_its_failures_the_last_ones_microsecond_and_those_in_flight() {
    assert_eq!(RedisSettings::PREFIX, "signet:1:");
    let Some(process) = RedisProcess::start() else {
        return;
    };
    let url = process.url().parse().unwrap();
    let settings = RedisSettings::new(url, FallbackPolicy::Deny).with_patience(PATIENCE);
    let throttle = over(counting(settings).await);
    let mut connection = process.connect().await;
    let key = |number| format!("signet:1:name:{}", shared_names().name(&name(number).name));

    fail(&throttle, name(1), 1).await;
    assert!(admitted(throttle.begin(name(1)).await));
    let stored: String = connection.get(key(1)).await.unwrap();
    let numbers: Vec<u64> = stored.split(' ').map(|it| it.parse().unwrap()).collect();
    let [1, failed, begun] = numbers[..] else {
        panic!("{stored}");
    };
    assert!(failed <= begun);

    // Twenty failures of another server's, the last one as late as that.
    let twenty = format!("20 {begun}");
    let _: () = connection.set(key(2), twenty).await.unwrap();
    let answer = throttle.begin(name(2)).await;
    assert!(matches!(answer, Attempt::Throttled { .. }), "{answer:?}");
}

//! What Redis is told late by a server that it was away for, while another one counted
//! there.

use std::{fs, os::unix::fs::symlink, path::PathBuf, sync::Arc, time::Duration};

use signet::{
    adapters::limiter::{FallbackPolicy, RedisServer, RedisSettings},
    domain::{
        AttemptResult::{self, Failed, Succeeded},
        LoginAttempts,
    },
    ports::CountedAt,
};

use super::{PATIENCE, Throttle, admitted, fail, name, over, redis, throttled};
use crate::support::{clock::ManualClock, redis::RedisProcess};

/// A Redis to which one server has a way that can be cut.
struct Cut {
    process: RedisProcess,
    way: PathBuf,
    clock: Arc<ManualClock>,
    one: Arc<RedisServer>,
    throttle: Throttle,
}

impl Cut {
    /// Of whose server an attempt ends, so, after its way was cut.
    async fn while_an_attempt_ends(result: AttemptResult) -> Option<Self> {
        let process = RedisProcess::start()?;
        let (way, clock) = (process.dir().join("way"), Arc::new(ManualClock::new()));
        symlink(process.dir().join("redis.sock"), &way).unwrap();
        let url = format!("unix://{}", way.display());
        let one = redis::counting(settings(&url, &clock)).await;
        let throttle = over(one.clone());
        assert!(admitted(throttle.begin(name(1)).await));
        fs::remove_file(&way).unwrap();
        let mut connection = process.connect().await;
        let mut kill = ::redis::cmd("CLIENT");
        kill.arg("KILL").arg("TYPE").arg("normal");
        let _: () = kill.query_async(&mut connection).await.unwrap();
        throttle.end(name(1), CountedAt::Usual, result).await;
        Some(Self {
            process,
            way,
            clock,
            one,
            throttle,
        })
    }

    /// Another server, which finds Redis all the time.
    async fn other(&self) -> Throttle {
        over(redis::counting(settings(&self.process.url(), &self.clock)).await)
    }

    async fn mend(&self) {
        symlink(self.process.dir().join("redis.sock"), &self.way).unwrap();
        redis::until(|| self.one.counts()).await;
    }
}

fn settings(url: &str, clock: &Arc<ManualClock>) -> RedisSettings {
    RedisSettings::new(url.parse().unwrap(), FallbackPolicy::Deny)
        .with_clock(clock.clone())
        .with_patience(PATIENCE)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_is_told_late_counts_and_ends_no_other_attempt() {
    let Some(cut) = Cut::while_an_attempt_ends(Failed).await else {
        return;
    };
    cut.clock.advance(LoginAttempts::LONGEST_FLIGHT);
    let other = cut.other().await;
    fail(&other, name(1), 4).await;
    assert!(admitted(other.begin(name(1)).await));
    cut.mend().await;
    // Five failures, and one in flight.
    assert_eq!(cut.throttle.begin(name(1)).await, throttled(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_is_told_late_wipes_out_no_later_failure() {
    let Some(cut) = Cut::while_an_attempt_ends(Succeeded).await else {
        return;
    };
    cut.clock.advance(Duration::from_secs(1));
    let other = cut.other().await;
    // The first one is in flight still.
    fail(&other, name(1), 4).await;
    cut.mend().await;
    fail(&cut.throttle, name(1), 1).await;
    assert_eq!(cut.throttle.begin(name(1)).await, throttled(1));
}

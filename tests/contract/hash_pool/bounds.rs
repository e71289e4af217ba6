//! What is refused when it comes.

use std::{sync::Arc, time::Duration};

use signet::{
    adapters::hasher::{HashPool, PoolError, PoolSettings},
    crypto::argon2id::Argon2Backend,
    domain::Argon2Params,
};

use super::{Fixture, MAX_WAIT, busy_for};
use crate::support::clock::ManualClock;

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_asks_for_at_least_a_second() {
    let fixture = Fixture::new(2, 3);
    let gates = [fixture.occupy(), fixture.occupy()];
    let queued: Vec<_> = (0..6).map(|_| fixture.submit().unwrap()).collect();
    assert_eq!(fixture.pool.queue_len(), 6);
    assert_eq!(busy_for(fixture.submit()), Duration::from_secs(1));

    for gate in gates {
        gate.pass().await;
    }
    for reply in queued {
        reply.wait().await.unwrap();
    }
    fixture.submit().unwrap().wait().await.unwrap();
}

#[tokio::test]
async fn a_wait_likely_to_be_too_long_is_refused_with_its_estimate() {
    let fixture = Fixture::new(1, 64);
    fixture.do_job_of(Duration::from_millis(900)).await;
    let gate = fixture.occupy();
    // These wait for 0, 1 and 2 jobs; the next would wait for 3.
    let queued: Vec<_> = (0..3).map(|_| fixture.submit().unwrap()).collect();
    assert_eq!(busy_for(fixture.submit()), Duration::from_millis(2700));

    gate.pass().await;
    for reply in queued {
        reply.wait().await.unwrap();
    }
}

#[tokio::test]
async fn several_workers_share_the_wait() {
    let fixture = Fixture::new(2, 64);
    fixture.do_job_of(Duration::from_secs(1)).await;
    let _gates = [fixture.occupy(), fixture.occupy()];
    let _queued: Vec<_> = (0..5).map(|_| fixture.submit().unwrap()).collect();
    assert_eq!(busy_for(fixture.submit()), Duration::from_secs(3));
}

#[tokio::test]
async fn a_slow_job_in_the_past_refuses_nothing_while_none_wait() {
    let fixture = Fixture::new(1, 64);
    fixture.do_job_of(Duration::from_hours(1)).await;
    fixture.submit().unwrap().wait().await.unwrap();
}

#[tokio::test]
async fn the_estimate_follows_the_time_that_jobs_take() {
    let fixture = Fixture::new(1, 64);
    fixture.do_job_of(Duration::from_secs(10)).await;
    for _ in 0..100 {
        fixture.do_job_of(Duration::from_millis(500)).await;
    }
    let _gate = fixture.occupy();
    // Four jobs ahead at 500 ms are the longest wait allowed; the average is
    // still a little above, so the fifth is refused and no earlier one.
    let queued: Vec<_> = (0..4).map(|_| fixture.submit().unwrap()).collect();
    let retry_after = busy_for(fixture.submit());
    assert!(retry_after > MAX_WAIT && retry_after < MAX_WAIT + Duration::from_millis(1));
    drop(queued);
}

#[test]
fn a_pool_that_could_do_nothing_does_not_start() {
    for (workers, queue_per_worker) in [(0, 64), (1, 0)] {
        let settings = PoolSettings {
            workers,
            queue_per_worker,
            max_wait: MAX_WAIT,
            wipe_after: Duration::ZERO,
        };
        let clock = Arc::new(ManualClock::new());
        let pool = HashPool::new(
            settings,
            Argon2Params::default(),
            Argon2Backend::Portable,
            clock,
        );
        assert!(matches!(pool, Err(PoolError::Settings)));
    }
}

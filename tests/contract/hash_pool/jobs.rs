//! What becomes of jobs that were queued.

use std::{
    panic,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use signet::{
    adapters::hasher::Reply,
    crypto::argon2id::{self, Argon2Backend, HashMemory},
    domain::{Argon2Params, Password},
    ports::HashError,
};

use super::{Fixture, MAX_WAIT, busy_for};

#[tokio::test]
async fn jobs_run_in_the_order_in_which_they_came() {
    let fixture = Fixture::new(1, 64);
    let gate = fixture.occupy();
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut replies = Vec::new();
    for number in 0..10 {
        let order = order.clone();
        let job = move |_: &mut HashMemory| order.lock().unwrap().push(number);
        replies.push(fixture.pool.submit(job).unwrap());
    }
    gate.pass().await;
    for reply in replies {
        reply.wait().await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_abandoned_job_is_not_run() {
    let fixture = Fixture::new(1, 64);
    let gate = fixture.occupy();
    let (run, runs) = mpsc::channel();
    drop(fixture.pool.submit(move |_| run.send(())).unwrap());
    gate.pass().await;
    fixture.submit().unwrap().wait().await.unwrap();
    assert!(runs.try_recv().is_err());
}

#[tokio::test]
async fn abandoned_jobs_make_room() {
    let fixture = Fixture::new(1, 2);
    let gate = fixture.occupy();
    let kept = fixture.submit().unwrap();
    drop(fixture.submit().unwrap());
    let new = fixture.submit().unwrap();
    assert_eq!(fixture.pool.queue_len(), 2);
    busy_for(fixture.submit());
    gate.pass().await;
    kept.wait().await.unwrap();
    new.wait().await.unwrap();
}

#[tokio::test]
async fn a_job_that_waited_too_long_is_refused_instead_of_run() {
    let fixture = Fixture::new(1, 64);
    let gate = fixture.occupy();
    let (run, runs) = mpsc::channel();
    let expired = fixture.pool.submit(move |_| run.send(())).unwrap();
    fixture.clock.advance(Duration::from_nanos(1));
    let in_time = fixture.submit().unwrap();
    fixture.clock.advance(MAX_WAIT);

    gate.pass().await;
    assert!(busy_for(expired.wait().await) >= Duration::from_secs(1));
    in_time.wait().await.unwrap();
    assert!(runs.try_recv().is_err());
}

#[tokio::test]
async fn a_panicking_job_fails_and_its_worker_lives_on() {
    let fixture = Fixture::new(1, 64);
    // Unlike panic!, this prints nothing.
    let job = |_: &mut HashMemory| panic::resume_unwind(Box::new("on purpose"));
    let reply: Reply<()> = fixture.pool.submit(job).unwrap();
    assert!(matches!(reply.wait().await, Err(HashError::Failed(_))));
    fixture.submit().unwrap().wait().await.unwrap();
}

/// Hashes with this much memory and verifies that hash.
fn hash_and_verify(memory_kib: u32) -> impl FnOnce(&mut HashMemory) + Send {
    move |memory| {
        let password = Password::new("correct horse".to_owned()).unwrap();
        let params = Argon2Params::new(memory_kib, 1, 1).unwrap();
        let hash = argon2id::hash(&password, &[7; 16], params, memory).unwrap();
        assert!(argon2id::verify(&password, &hash, memory).unwrap());
    }
}

/// What a worker has in its memory while others wait, and once nothing does.
async fn kept(backend: Argon2Backend, memory_kib: u32) -> [String; 2] {
    let fixture = Fixture::verifying_with(backend, 1, 64);
    let gate = fixture.occupy();
    let hashes = fixture.pool.submit(hash_and_verify(memory_kib));
    let look = |memory: &mut HashMemory| format!("{memory:?}");
    let between = fixture.pool.submit(look).unwrap();
    gate.pass().await;
    hashes.unwrap().wait().await.unwrap();
    let between = between.wait().await.unwrap();
    while fixture.pool.sleeping_workers() == 0 {
        thread::yield_now();
    }
    let after = fixture.pool.submit(look).unwrap().wait().await.unwrap();
    [between, after]
}

#[tokio::test]
async fn memory_is_kept_between_jobs_and_when_nothing_waits() {
    let kept = kept(Argon2Backend::Portable, 8).await;
    assert_eq!(kept, ["HashMemory(8 blocks)", "HashMemory(8 blocks)"]);
}

#[tokio::test]
async fn memory_of_new_hashes_is_given_back_when_nothing_waits_where_others_verify() {
    let kept = kept(Argon2Backend::Simd, 8).await;
    let expected = [
        "HashMemory(8 SIMD blocks, 8 portable blocks)",
        "HashMemory(8 SIMD blocks, 0 portable blocks)",
    ];
    assert_eq!(kept, expected);
}

#[tokio::test]
async fn what_a_larger_hash_needed_is_given_back_though_others_wait() {
    let [between, _] = kept(Argon2Backend::Portable, 64).await;
    assert_eq!(between, "HashMemory(8 blocks)");
    // The memory that verifies is allocated anew by the next hash.
    let [between, _] = kept(Argon2Backend::Simd, 64).await;
    assert_eq!(between, "HashMemory(0 SIMD blocks, 8 portable blocks)");
}

#[tokio::test]
async fn an_ending_pool_answers_what_waits_and_ends_its_threads() {
    let fixture = Fixture::new(1, 64);
    let gate = fixture.occupy();
    let waiting = fixture.submit().unwrap();
    let clock = Arc::downgrade(&fixture.clock);
    let end = thread::spawn(move || drop(fixture));
    assert!(matches!(waiting.wait().await, Err(HashError::Failed(_))));

    gate.pass().await;
    end.join().unwrap();
    assert!(clock.upgrade().is_none(), "a thread still has the clock");
}

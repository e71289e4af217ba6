//! The share of the processor that hashing has, as Linux shows it.

use std::fs;

use signet::crypto::argon2id::HashMemory;

use super::Fixture;

/// How much this thread yields to others (`proc_pid_stat(5)`: the nineteenth field).
fn niceness() -> i32 {
    let stat = fs::read_to_string("/proc/thread-self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    fields.split_whitespace().nth(16).unwrap().parse().unwrap()
}

#[tokio::test]
async fn hashing_yields_to_other_threads() {
    let fixture = Fixture::new(1, 64);
    let job = |_: &mut HashMemory| niceness();
    let hashing = fixture.pool.submit(job).unwrap().wait().await.unwrap();
    assert_eq!(hashing, (niceness() + 10).min(19));
}

//! What a worker's stack holds, as Linux shows it.

use std::{
    fs::{self, File},
    hint::black_box,
    os::unix::fs::FileExt,
    thread,
};

use signet::crypto::argon2id::HashMemory;

use super::Fixture;

/// What the stack of the thread whose id is `thread` holds, of this process; `None` unless
/// it waits in the kernel, which shows no stack pointer otherwise.
fn stack_of(thread: u32) -> Option<Vec<u8>> {
    let call = fs::read_to_string(format!("/proc/self/task/{thread}/syscall")).unwrap();
    // The stack pointer is the last but one (`proc_pid_syscall(5)`).
    let pointer = call.split(' ').rev().nth(1)?;
    let hex = |text: &str| u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap();
    let pointer = hex(pointer);
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let of = |line: &str| {
        let (start, end) = line.split_once(' ')?.0.split_once('-')?;
        Some(hex(start)..hex(end)).filter(|range| range.contains(&pointer))
    };
    let range = maps.lines().find_map(of).unwrap();
    let mut stack = vec![0; usize::try_from(range.end - range.start).unwrap()];
    let memory = File::open("/proc/self/mem").unwrap();
    memory.read_exact_at(&mut stack, range.start).unwrap();
    Some(stack)
}

const LEFT: &[u8; 16] = b"left by some job";

/// Leaves something on the stack of its caller's thread, as libraries do.
#[inline(never)]
fn leave() {
    black_box(&mut [*LEFT; 512]);
}

/// Once the thread waits.
fn holds(thread: u32) -> bool {
    let stack = loop {
        match stack_of(thread) {
            Some(stack) => break stack,
            None => thread::yield_now(),
        }
    };
    stack.windows(LEFT.len()).any(|bytes| bytes == LEFT)
}

#[tokio::test]
async fn what_jobs_left_on_the_stack_of_a_worker_is_wiped_when_nothing_waits() {
    let fixture = Fixture::new(1, 64);
    let job = |_: &mut HashMemory| {
        leave();
        let thread = rustix::thread::gettid().as_raw_nonzero().get();
        let thread = thread.unsigned_abs();
        // Another thread looks: what looks leaves something on its own stack, too.
        let held = thread::scope(|scope| scope.spawn(|| holds(thread)).join().unwrap());
        (thread, held)
    };
    let (thread, held) = fixture.pool.submit(job).unwrap().wait().await.unwrap();
    assert!(held);
    while fixture.pool.sleeping_workers() == 0 {
        thread::yield_now();
    }
    assert!(!holds(thread));
}

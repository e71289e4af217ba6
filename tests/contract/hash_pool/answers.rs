//! When answers are given: together while many jobs wait, and at once otherwise.

use std::thread;

use futures_util::FutureExt;
use signet::{adapters::hasher::Reply, ports::HashError};

use super::{Fixture, Gate};

/// One job is done, the next one runs, and others wait.
struct Line {
    fixture: Fixture,
    done: Reply<()>,
    runs: Gate,
    waiting: Vec<Reply<()>>,
}

impl Line {
    fn of(waiting: usize) -> Self {
        let fixture = Fixture::new(1, 64);
        let before = fixture.occupy();
        let done = fixture.submit().unwrap();
        let (runs, started) = fixture.occupy_in_turn();
        let waiting = (0..waiting).map(|_| fixture.submit().unwrap()).collect();
        before.open.send(()).unwrap();
        started.recv().unwrap();
        Self {
            fixture,
            done,
            runs,
            waiting,
        }
    }
}

/// The answer, if it was given.
fn given(reply: Reply<()>) -> Option<Result<(), HashError>> {
    reply.wait().now_or_never()
}

#[test]
fn an_answer_is_given_at_once_while_few_jobs_wait() {
    let line = Line::of(2);
    assert!(matches!(given(line.done), Some(Ok(()))));
    line.runs.open.send(()).unwrap();
}

#[test]
fn an_answer_is_kept_while_many_jobs_wait() {
    let line = Line::of(40);
    assert!(given(line.done).is_none());
    line.runs.open.send(()).unwrap();
}

#[tokio::test]
async fn all_answers_are_given_before_the_last_jobs_are_done() {
    let line = Line::of(40);
    let (last, started) = line.fixture.occupy_in_turn();
    line.runs.open.send(()).unwrap();
    started.recv().unwrap();
    assert!(matches!(given(line.done), Some(Ok(()))));
    for reply in line.waiting {
        assert!(matches!(given(reply), Some(Ok(()))));
    }
    last.pass().await;
}

#[tokio::test]
async fn answers_that_were_kept_are_given_when_the_pool_ends() {
    let line = Line::of(40);
    let pool = thread::spawn(move || drop(line.fixture));
    // They are refused before the pool waits for what runs.
    for reply in line.waiting {
        reply.wait().await.unwrap_err();
    }
    line.runs.open.send(()).unwrap();
    pool.join().unwrap();
    assert!(matches!(given(line.done), Some(Ok(()))));
}

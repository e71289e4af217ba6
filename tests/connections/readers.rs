use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::{LARGE, Server, millis, seconds};
use crate::support::wire::Wire;

const REQUEST: &str = "GET /large HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_client_that_takes_nothing_is_cut_off() {
    let server = Server::start().await;
    let mut wire = Wire::connect_narrow(server.address).await;
    wire.send(REQUEST).await;
    // The kernels of both sides may move a last few bytes after the first look.
    server.pass(millis(29_900)).await;
    server.pass(millis(29_900)).await;
    server.pass(millis(200)).await;
    assert!(wire.rest().await.len() < LARGE);
}

#[tokio::test]
async fn a_slow_reader_that_moves_gets_everything() {
    let server = Server::start().await;
    let mut wire = Wire::connect_narrow(server.address).await;
    wire.send(REQUEST).await;
    let part = LARGE / 8;
    for _ in 0..6 {
        wire.read_exactly(part).await;
        server.pass(seconds(29)).await;
    }
    assert!(wire.rest().await.len() > LARGE - 6 * part);
}

#[tokio::test]
async fn who_takes_in_no_answers_is_not_read_from_without_end() {
    const AT_ONCE: usize = 1000;
    let server = Server::start().await;
    let mut wire = Wire::connect_narrow(server.address).await;
    let requests = "HEAD / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(AT_ONCE);
    let sent = AtomicUsize::new(0);
    let sending = async {
        // Far more than the kernels hold.
        while sent.load(Relaxed) < LARGE {
            wire.send(&requests).await;
            sent.fetch_add(requests.len(), Relaxed);
        }
    };
    let standing_still = async {
        let (mut before, mut rounds) = (0, 0);
        while rounds < 100_000 {
            tokio::task::yield_now().await;
            let now = sent.load(Relaxed);
            rounds = if now == before { rounds + 1 } else { 0 };
            before = now;
        }
    };
    tokio::select! {
        () = sending => panic!("all of it was read"),
        () = standing_still => {}
    }
}

#[tokio::test]
async fn pipelined_requests_are_all_answered_to_who_takes_the_answers_in_late() {
    let server = Server::start().await;
    let mut wire = Wire::connect_narrow(server.address).await;
    let large = "GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n";
    wire.send(&large.repeat(2)).await;
    wire.send(REQUEST).await;
    assert!(wire.rest().await.len() > 3 * LARGE);
}

use super::{HELLO, Server, WORK, millis, seconds};
use crate::support::wire::Wire;

const HALF: &str = "GET / HTTP/1.1\r\nhost: loc";

#[tokio::test]
async fn a_head_that_is_late_closes_its_connection_and_not_earlier() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.send(HALF).await;
    server.pass(millis(9_900)).await;
    assert!(wire.is_silent());
    server.pass(millis(200)).await;
    assert!(wire.rest().await.is_empty());
}

#[tokio::test]
async fn a_head_in_drops_is_late_all_the_same() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    for drop in ["G", "E", "T", " /", " H"] {
        assert!(wire.is_silent());
        wire.send(drop).await;
        server.pass(millis(1_900)).await;
    }
    server.pass(seconds(1)).await;
    assert!(wire.rest().await.is_empty());
}

#[tokio::test]
async fn a_second_request_has_as_long_for_its_head_from_its_first_byte() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.ask(HELLO).await;
    server.pass(seconds(50)).await;
    wire.send(HALF).await;
    server.pass(millis(9_900)).await;
    assert!(wire.is_silent());
    wire.send("alhost\r\n\r\n").await;
    assert!(wire.answer().await.ends_with("hello"));
    wire.send(HALF).await;
    server.pass(millis(10_100)).await;
    assert!(wire.rest().await.is_empty());
}

#[tokio::test]
async fn a_half_head_in_the_packet_of_the_request_before_is_late_as_any_other() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    let answer = wire.ask(&format!("{HELLO}{HALF}")).await;
    assert!(answer.ends_with("hello"), "{answer}");
    server.pass(millis(9_900)).await;
    assert!(wire.is_silent());
    server.pass(millis(200)).await;
    assert!(wire.rest().await.is_empty());
}

#[tokio::test]
async fn a_half_head_that_comes_while_a_request_is_worked_on_is_late_from_its_answer() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.send(WORK).await;
    server.work.begun.notified().await;
    wire.send(HALF).await;
    server.pass(seconds(20)).await;
    server.work.may_end.notify_one();
    assert!(wire.answer().await.ends_with("done"));
    server.pass(millis(9_900)).await;
    assert!(wire.is_silent());
    server.pass(millis(200)).await;
    assert!(wire.rest().await.is_empty());
}

#[tokio::test]
async fn a_half_head_in_the_packet_of_the_request_before_can_be_finished() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.ask(&format!("{HELLO}{HALF}")).await;
    server.pass(millis(9_900)).await;
    let answer = wire.ask("alhost\r\n\r\n").await;
    assert!(answer.ends_with("hello"), "{answer}");
}

#[tokio::test]
async fn three_hundred_half_requests_block_nobody_and_go_in_time() {
    let server = Server::start().await;
    let mut flood = Vec::new();
    for _ in 0..300 {
        let mut wire = server.connect().await;
        wire.send(HALF).await;
        flood.push(wire);
    }
    server.pass(millis(9_900)).await;
    assert!(flood.iter().all(Wire::is_silent));
    server.pass(millis(200)).await;
    for mut wire in flood {
        assert!(wire.rest().await.is_empty());
    }
}

#[tokio::test]
async fn three_hundred_silent_connections_block_nobody_and_go_in_time() {
    let server = Server::start().await;
    let mut flood = Vec::new();
    for _ in 0..300 {
        flood.push(server.connect().await);
    }
    server.pass(millis(10_100)).await;
    for mut wire in flood {
        assert!(wire.rest().await.is_empty());
    }
}

#[tokio::test]
async fn a_connection_may_wait_a_minute_for_its_next_request() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    for _ in 0..3 {
        assert!(wire.ask(HELLO).await.ends_with("hello"));
        server.pass(millis(59_900)).await;
        assert!(wire.is_silent());
    }
    server.pass(millis(200)).await;
    assert!(wire.rest().await.is_empty());
}

#[tokio::test]
async fn a_request_is_worked_on_for_as_long_as_it_takes() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.send(WORK).await;
    server.work.begun.notified().await;
    server.pass(seconds(600)).await;
    server.work.may_end.notify_one();
    assert!(wire.answer().await.ends_with("done"));
}

#[tokio::test]
async fn a_head_that_is_too_large_is_a_431() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    let head = format!(
        "GET / HTTP/1.1\r\nhost: localhost\r\nx: {}",
        "x".repeat(70_000)
    );
    wire.send(&head).await;
    // What is left of it may still be sent.
    for _ in 0..5 {
        server.serves().await;
        wire.send(&"x".repeat(10_000)).await;
    }
    let answer = wire.end().await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

use std::{io::Write, net::TcpStream};

use super::{DrainTimings, HELLO, Server, WORK, defaults, seconds};

#[tokio::test]
async fn idle_connections_are_closed_at_once() {
    let server = Server::start().await;
    let mut used = server.connect().await;
    used.ask(HELLO).await;
    let mut new = server.connect().await;
    server.drain.begin();
    assert!(used.rest().await.is_empty());
    assert!(new.rest().await.is_empty());
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_in_work_is_finished_and_its_connection_closed() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.send(WORK).await;
    server.work.begun.notified().await;
    server.drain.begin();
    let mut idle = server.connect().await;
    idle.rest().await;
    server.work.may_end.notify_one();
    let answer = String::from_utf8(wire.rest().await).unwrap();
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(answer.ends_with("done"), "{answer}");
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_was_sent_before_the_stop_is_answered() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.ask(HELLO).await;
    wire.send_now(HELLO);
    server.drain.begin();
    let answer = String::from_utf8(wire.rest().await).unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_head_that_is_half_there_at_the_stop_is_waited_for() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.ask(HELLO).await;
    let (begun, rest) = HELLO.split_at(20);
    wire.send(begun).await;
    server.serves().await;
    server.drain.begin();
    let mut idle = server.connect().await;
    idle.rest().await;
    let answer = wire.ask(rest).await;
    assert!(answer.ends_with("hello"), "{answer}");
    assert!(wire.rest().await.is_empty());
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_head_that_is_half_there_at_the_stop_keeps_its_deadline() {
    let (bounds, timings) = defaults();
    let timings = DrainTimings {
        timeout: seconds(60),
        ..timings
    };
    let server = Server::with(bounds, timings).await;
    let mut wire = server.connect().await;
    wire.ask(HELLO).await;
    wire.send(&HELLO[..20]).await;
    server.serves().await;
    server.drain.begin();
    let mut idle = server.connect().await;
    idle.rest().await;
    server.clock.pass(seconds(11)).await;
    assert!(wire.rest().await.is_empty());
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_connection_that_only_the_kernel_has_accepted_is_served() {
    let server = Server::start().await;
    // Connected and sent while the server does not run.
    let mut waiting = TcpStream::connect(server.address).unwrap();
    waiting.write_all(HELLO.as_bytes()).unwrap();
    server.drain.begin();
    server.ended.await.unwrap().unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut waiting, &mut answer).unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_cut() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.send(WORK).await;
    server.work.begun.notified().await;
    server.drain.begin();
    // Until the listener is closed, and the time runs.
    let mut idle = server.connect().await;
    idle.rest().await;
    server.clock.pass(seconds(11)).await;
    assert!(wire.rest().await.is_empty());
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn whoever_is_told_twice_waits_for_nothing() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.send(WORK).await;
    server.work.begun.notified().await;
    server.drain.begin();
    server.drain.cut();
    assert!(wire.rest().await.is_empty());
    server.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn in_the_delay_new_connections_are_served_once_each() {
    let (bounds, timings) = defaults();
    let timings = DrainTimings {
        delay: seconds(5),
        ..timings
    };
    let server = Server::with(bounds, timings).await;
    let mut idle = server.connect().await;
    idle.ask(HELLO).await;
    server.drain.begin();
    let mut new = server.connect().await;
    new.send(HELLO).await;
    let answer = String::from_utf8(new.rest().await).unwrap();
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(answer.ends_with("hello"), "{answer}");
    assert!(idle.is_silent());
    server.clock.pass(seconds(6)).await;
    assert!(idle.rest().await.is_empty());
    server.ended.await.unwrap().unwrap();
}

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

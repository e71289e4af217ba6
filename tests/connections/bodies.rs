use super::{HELLO, Server, millis, seconds};

const HEAD: &str = "POST /count HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\n";

#[tokio::test]
async fn a_late_body_is_a_408_that_closes_the_connection() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.send(HEAD).await;
    wire.send("123").await;
    server.pass(millis(29_900)).await;
    assert!(wire.is_silent());
    server.pass(millis(200)).await;
    let answer = String::from_utf8(wire.rest().await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    for part in [
        "\r\ncontent-type: application/problem+json\r\n",
        "\r\nconnection: close\r\n",
        "\"code\":\"request_timeout\"",
    ] {
        assert!(answer.contains(part), "{part} in {answer}");
    }
}

/// As much as a socket takes at once, several times over.
const REST: usize = 100_000;

/// A request whose body is too large to be waited for.
fn refused() -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n",
        10 * REST
    )
}

#[tokio::test]
async fn a_client_that_is_refused_may_go_on_a_moment_and_read_the_answer() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.send(&refused()).await;
    for _ in 0..5 {
        wire.send(&"x".repeat(REST)).await;
        server.serves().await;
    }
    let answer = wire.end().await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_client_that_goes_on_for_too_long_holds_no_place() {
    let server = Server::bounded(|bounds| bounds.max_connections = 2).await;
    let mut wire = server.connect().await;
    let answer = wire.ask(&refused()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let mut other = server.connect().await;
    other.ask(HELLO).await;
    let refusal = String::from_utf8(server.connect().await.rest().await).unwrap();
    assert!(refusal.starts_with("HTTP/1.1 503 "), "{refusal}");
    server.clock.pass(millis(2_100)).await;
    other.ask(HELLO).await;
    server.serves().await;
}

#[tokio::test]
async fn a_slow_body_that_comes_in_time_is_read() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    wire.send(HEAD).await;
    for byte in ["1", "2", "3", "4"] {
        wire.send(byte).await;
        server.pass(seconds(7)).await;
    }
    let answer = wire.ask("5").await;
    assert!(answer.ends_with("\r\n\r\n5"), "{answer}");
}

#[tokio::test]
async fn a_body_that_nobody_waits_for_delays_no_answer() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    let request = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\n1";
    let answer = wire.ask(request).await;
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
}

//! Where a request ends: a proxy in front that sees its end elsewhere would take
//! what a client hides behind it for another client's request (RFC 9112 §11.2).

use super::{HELLO, Server};

/// The last one of its connection, so that an answer to it is seen.
const HIDDEN: &str = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

fn post(headers: &str, body: &str) -> String {
    format!("POST /count HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n\r\n{body}")
}

/// All that the server answers before it closes the connection.
async fn answers(server: &Server, sent: &str) -> String {
    let mut wire = server.connect().await;
    wire.send(sent).await;
    String::from_utf8(wire.rest().await).unwrap()
}

/// A lone 400 and the connection's end.
async fn assert_refused(server: &Server, request: &str) {
    let answers = answers(server, &format!("{request}{HIDDEN}")).await;
    assert!(
        answers.starts_with("HTTP/1.1 400 "),
        "{request:?}: {answers}"
    );
    assert_eq!(
        answers.matches("HTTP/1.1 ").count(),
        1,
        "{request:?}: {answers}"
    );
}

#[tokio::test]
async fn a_chunked_body_is_read_to_its_end_and_no_further() {
    let server = Server::start().await;
    let mut wire = server.connect().await;
    let chunks = "3\r\nabc\r\n2;extension=1\r\nde\r\n0\r\ntrailer: x\r\n\r\n";
    let answer = wire.ask(&post("transfer-encoding: chunked", chunks)).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.ends_with("\r\n\r\n5"), "{answer}");
    assert!(wire.ask(HELLO).await.ends_with("hello"));
}

/// RFC 9112 §6.1: by the chunks alone, and the connection ends.
#[tokio::test]
async fn nothing_behind_a_request_with_chunks_and_a_length_is_answered() {
    let server = Server::start().await;
    let length = format!("content-length: {}", 5 + HIDDEN.len());
    let chunked = "transfer-encoding: chunked";
    for headers in [
        format!("{length}\r\n{chunked}"),
        format!("{chunked}\r\n{length}"),
        format!("{chunked}\r\nconnection: keep-alive\r\ncontent-length: 5"),
    ] {
        let sent = post(&headers, "0\r\n\r\n") + HIDDEN;
        let answers = answers(&server, &sent).await;
        assert!(answers.ends_with("\r\n\r\n0"), "{headers}: {answers}");
        assert_eq!(
            answers.matches("HTTP/1.1 ").count(),
            1,
            "{headers}: {answers}"
        );
        assert!(
            answers.contains("\r\nconnection: close\r\n"),
            "{headers}: {answers}"
        );
    }
}

#[tokio::test]
async fn lengths_that_nobody_can_agree_on_are_refused() {
    let server = Server::start().await;
    for headers in [
        "content-length: 5\r\ncontent-length: 0",
        "content-length: 5, 0",
        "content-length: 5, 5",
        "content-length: +5",
        "content-length: -5",
        "content-length: 0x5",
        "content-length: 99999999999999999999999",
        "content-length: ",
    ] {
        assert_refused(&server, &post(headers, "12345")).await;
    }
}

#[tokio::test]
async fn a_length_that_stands_twice_counts_once() {
    let server = Server::start().await;
    let headers = "content-length: 5\r\ncontent-length: 5";
    let answers = answers(&server, &(post(headers, "12345") + HIDDEN)).await;
    let (first, second) = answers.split_at(answers.rfind("HTTP/1.1 ").unwrap());
    assert!(first.ends_with("\r\n\r\n5"), "{answers}");
    assert!(second.ends_with("hello"), "{answers}");
}

#[tokio::test]
async fn an_encoding_that_does_not_end_with_chunks_is_refused() {
    let server = Server::start().await;
    for headers in [
        "transfer-encoding: gzip",
        "transfer-encoding: chunked, gzip",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity",
        "transfer-encoding: xchunked",
        "transfer-encoding: chunked-not",
        "transfer-encoding: \u{b}chunked",
    ] {
        assert_refused(&server, &post(headers, "0\r\n\r\n")).await;
    }
    let old = post("transfer-encoding: chunked", "0\r\n\r\n").replace("1.1", "1.0");
    assert_refused(&server, &old).await;
}

#[tokio::test]
async fn nothing_behind_a_chunk_of_no_size_is_answered() {
    let server = Server::start().await;
    for chunks in [
        "0x0\r\n\r\n",
        "-1\r\n\r\n",
        "\r\n\r\n",
        "fffffffffffffffff\r\n\r\n",
        "1\r\nab\r\n0\r\n\r\n",
    ] {
        let sent = post("transfer-encoding: chunked", chunks) + HIDDEN;
        let answers = answers(&server, &sent).await;
        assert!(
            answers.matches("HTTP/1.1 ").count() <= 1,
            "{chunks:?}: {answers}"
        );
        assert!(!answers.contains("hello"), "{chunks:?}: {answers}");
    }
}

/// RFC 9112 §2.2 leaves that to the server.
#[tokio::test]
async fn lines_that_end_with_a_line_feed_alone_are_lines() {
    let server = Server::start().await;
    let sent = format!("GET / HTTP/1.1\nhost: localhost\n\n{HIDDEN}");
    let answers = answers(&server, &sent).await;
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 2, "{answers}");
}

/// RFC 9112 §5.1 and §5.2.
#[tokio::test]
async fn a_head_that_can_be_read_in_two_ways_is_refused() {
    let server = Server::start().await;
    for headers in [
        "x: a\r\n folded",
        "x: a\r\n\tfolded",
        "content-length : 0",
        " content-length: 0",
        "x: a\rcontent-length: 0",
        "x: a\0b",
        "no-colon",
    ] {
        let request = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n\r\n");
        assert_refused(&server, &request).await;
    }
}

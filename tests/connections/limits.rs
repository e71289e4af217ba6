use std::net::{IpAddr, Ipv4Addr};

use signet::config::{Config, Sources};

use super::{HELLO, Server};
use crate::support::wire::Wire;

const fn client(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, last))
}

/// What browsers are told with it.
const STRICTEST: [&str; 5] = [
    "x-content-type-options: nosniff",
    "referrer-policy: no-referrer",
    "x-frame-options: DENY",
    "content-security-policy: default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy: same-origin",
];

fn assert_served(answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

/// The refusal comes before anything is asked.
async fn assert_refused(mut wire: Wire) {
    let answer = String::from_utf8(wire.rest().await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("\r\nretry-after: 5\r\nconnection: close\r\n"));
    for header in STRICTEST {
        assert!(answer.contains(&format!("\r\n{header}\r\n")), "{answer}");
    }
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn a_client_has_its_connections_and_takes_none_of_others() {
    let server = Server::bounded(|bounds| {
        bounds.max_connections_per_client = 2;
        bounds.shared_addresses.clear();
    })
    .await;
    let mut own = Vec::new();
    for _ in 0..2 {
        let mut wire = Wire::connect_from(client(2), server.address).await;
        assert_served(&wire.ask(HELLO).await);
        own.push(wire);
    }
    assert_refused(Wire::connect_from(client(2), server.address).await).await;
    let mut other = Wire::connect_from(client(3), server.address).await;
    assert_served(&other.ask(HELLO).await);
    assert_served(&own[0].ask(HELLO).await);
}

#[tokio::test]
async fn loopback_is_not_counted_by_default() {
    let server = Server::bounded(|bounds| bounds.max_connections_per_client = 1).await;
    let mut first = server.connect().await;
    assert_served(&first.ask(HELLO).await);
    let mut second = server.connect().await;
    assert_served(&second.ask(HELLO).await);
}

#[tokio::test]
async fn a_full_server_refuses_at_once_until_a_place_is_left() {
    let server = Server::bounded(|bounds| bounds.max_connections = 2).await;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    assert_served(&first.ask(HELLO).await);
    assert_served(&second.ask(HELLO).await);
    assert_refused(server.connect().await).await;
    let last = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    first.send(last).await;
    first.rest().await;
    // The client sees the end a moment before the server has done with it.
    tokio::task::yield_now().await;
    let mut third = server.connect().await;
    assert_served(&third.ask(HELLO).await);
    assert_served(&second.ask(HELLO).await);
}

#[test]
fn trusted_proxies_are_not_counted_either() {
    let proxies = (
        "SIGNET_TRUSTED_PROXIES".to_owned(),
        "10.1.0.0/16".to_owned(),
    );
    let sources = Sources {
        environment: [proxies].into(),
        ..Sources::default()
    };
    let config = Config::load(&sources, false).unwrap();
    let shared = config.connections.shared_addresses;
    let is_shared = |address: &str| {
        let address = address.parse::<IpAddr>().unwrap();
        shared.iter().any(|network| network.contains(&address))
    };
    assert!(is_shared("10.1.2.3") && is_shared("127.0.0.1") && is_shared("::1"));
    assert!(!is_shared("10.2.0.1"));
}

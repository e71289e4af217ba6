use poem::http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use serde_json::json;
use signet::adapters::http::{ClientIpHeader, ClientIpPolicy};

use crate::support::app::TestApp;

fn policy(header: ClientIpHeader) -> ClientIpPolicy {
    let trusted = ["10.0.0.0/8", "2001:db8:ff::/48", "127.0.0.1/32"];
    ClientIpPolicy {
        trusted_proxies: trusted.iter().map(|cidr| cidr.parse().unwrap()).collect(),
        header,
    }
}

fn resolve(header: ClientIpHeader, peer: &str, lines: &[(&'static str, &str)]) -> String {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    policy(header)
        .resolve(peer.parse().unwrap(), &headers)
        .to_string()
}

fn x_forwarded_for(peer: &str, value: &str) -> String {
    resolve(
        ClientIpHeader::XForwardedFor,
        peer,
        &[("x-forwarded-for", value)],
    )
}

fn forwarded(peer: &str, value: &str) -> String {
    resolve(ClientIpHeader::Forwarded, peer, &[("forwarded", value)])
}

#[test]
fn a_peer_that_is_no_trusted_proxy_is_the_client_whatever_it_sends() {
    assert_eq!(x_forwarded_for("203.0.113.5", "192.0.2.1"), "203.0.113.5");
    assert_eq!(forwarded("203.0.113.5", "for=192.0.2.1"), "203.0.113.5");
}

#[test]
fn behind_a_trusted_proxy_the_right_most_untrusted_address_is_the_client() {
    for (value, expected) in [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.66, 192.0.2.1", "192.0.2.1"),
        ("192.0.2.66, 192.0.2.1, 10.1.2.3", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("192.0.2.66, 2001:db8::7, 2001:db8:ff::1", "2001:db8::7"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ] {
        assert_eq!(x_forwarded_for("10.0.0.1", value), expected, "{value}");
    }
}

#[test]
fn an_ipv4_mapped_proxy_is_trusted_as_the_ipv4_address_that_it_is() {
    assert_eq!(x_forwarded_for("::ffff:10.0.0.1", "192.0.2.1"), "192.0.2.1");
}

#[test]
fn several_header_lines_are_one_list() {
    let lines = [
        ("x-forwarded-for", "192.0.2.66"),
        ("x-forwarded-for", "192.0.2.1"),
    ];
    let resolved = resolve(ClientIpHeader::XForwardedFor, "10.0.0.1", &lines);
    assert_eq!(resolved, "192.0.2.1");
}

#[test]
fn an_entry_that_is_no_address_ends_the_search_at_the_nearest_vouched_one() {
    assert_eq!(
        x_forwarded_for("10.0.0.1", "192.0.2.66, unknown"),
        "10.0.0.1"
    );
    assert_eq!(
        x_forwarded_for("10.0.0.1", "192.0.2.66, ?, 10.9.9.9"),
        "10.9.9.9"
    );
    assert_eq!(x_forwarded_for("10.0.0.1", ""), "10.0.0.1");
    assert_eq!(forwarded("10.0.0.1", "for=_hidden"), "10.0.0.1");
}

#[test]
fn only_trusted_addresses_leave_the_furthest_of_them() {
    assert_eq!(
        x_forwarded_for("10.0.0.1", "10.3.3.3, 10.2.2.2"),
        "10.3.3.3"
    );
}

#[test]
fn forwarded_elements_are_read_as_rfc_7239_writes_them() {
    for (value, expected) in [
        ("for=192.0.2.1", "192.0.2.1"),
        (
            "For=\"192.0.2.1:4711\";proto=https;by=10.0.0.1",
            "192.0.2.1",
        ),
        ("for=192.0.2.66, for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
        ("for=\"[2001:db8::7]\"", "2001:db8::7"),
        ("proto=https;for=192.0.2.1, for=10.2.2.2", "192.0.2.1"),
        ("for=192.0.2.1;host=\"a,for=192.0.2.66\"", "192.0.2.1"),
    ] {
        assert_eq!(forwarded("10.0.0.1", value), expected, "{value}");
    }
}

#[test]
fn a_quote_that_the_client_leaves_open_does_not_hide_what_the_proxy_appends() {
    assert_eq!(
        forwarded("10.0.0.1", "for=\"evil, for=192.0.2.1"),
        "192.0.2.1"
    );
    assert_eq!(
        forwarded("10.0.0.1", "for=\"evil\\, for=192.0.2.1"),
        "192.0.2.1"
    );
}

#[test]
fn an_element_with_two_addresses_is_believed_for_neither() {
    assert_eq!(
        forwarded("10.0.0.1", "for=192.0.2.66;for=192.0.2.1"),
        "10.0.0.1"
    );
}

#[test]
fn the_header_that_is_not_configured_is_never_read() {
    let lines = [("forwarded", "for=192.0.2.66")];
    assert_eq!(
        resolve(ClientIpHeader::XForwardedFor, "10.0.0.1", &lines),
        "10.0.0.1"
    );
    let lines = [("x-forwarded-for", "192.0.2.66")];
    assert_eq!(
        resolve(ClientIpHeader::Forwarded, "10.0.0.1", &lines),
        "10.0.0.1"
    );
}

proptest! {
    #[test]
    fn nothing_that_a_client_sends_outweighs_what_the_proxy_appends(sent in "[ -~]{0,60}") {
        let list = format!("{sent}, 192.0.2.1");
        prop_assert_eq!(x_forwarded_for("10.0.0.1", &list), "192.0.2.1");
        let list = format!("{sent}, for=192.0.2.1");
        prop_assert_eq!(forwarded("10.0.0.1", &list), "192.0.2.1");
    }
}

#[tokio::test]
async fn the_log_and_the_limit_count_the_client_behind_the_proxy() {
    let app = TestApp::builder()
        .set("SIGNET_TRUSTED_PROXIES", "127.0.0.1")
        .set("SIGNET_AUTH_RATE_LIMIT", "1/1s")
        .start()
        .await;
    let attempt = async |client: &str| {
        let body = json!({ "username": "nobody", "password": "wrong" });
        let request = app.client.post(app.url("/auth")).json(&body);
        let response = request
            .header("x-forwarded-for", client)
            .send()
            .await
            .unwrap();
        response.status().as_u16()
    };
    assert_eq!(attempt("192.0.2.1").await, 401);
    assert_eq!(attempt("192.0.2.1").await, 429);
    assert_eq!(attempt("192.0.2.2").await, 401);
    assert_eq!(attempt("2001:db8::1").await, 401);
    assert_eq!(attempt("2001:db8::2").await, 429);
    let addresses = app
        .database
        .rows("SELECT request_ip FROM auth_logs ORDER BY id")
        .await;
    assert_eq!(addresses, [["192.0.2.1"], ["192.0.2.2"], ["2001:db8::1"]]);
}

//! Only trusted proxies are believed, and only addresses that they name.

#![no_main]

use std::net::IpAddr;

use libfuzzer_sys::fuzz_target;
use poem::http::{HeaderMap, HeaderName, HeaderValue};
use signet::{
    adapters::http::{ClientIpHeader, ClientIpPolicy},
    domain::ClientAddress,
};

const PROXY: &str = "10.0.0.1";
const STRANGER: &str = "192.0.2.1";

fuzz_target!(|header: &[u8]| {
    let peer = |text: &str| text.parse::<IpAddr>().expect("an address");
    let mut headers = HeaderMap::new();
    // Lines are headers of one name.
    for line in header.split(|byte| *byte == b'\n') {
        let Ok(value) = HeaderValue::from_bytes(line) else {
            return;
        };
        for name in ["x-forwarded-for", "forwarded"] {
            headers.append(HeaderName::from_static(name), value.clone());
        }
    }
    for header in [ClientIpHeader::XForwardedFor, ClientIpHeader::Forwarded] {
        let policy = ClientIpPolicy {
            trusted_proxies: vec!["10.0.0.0/8".parse().expect("a network")],
            header,
        };
        let believed = policy.resolve(peer(STRANGER), &headers);
        assert_eq!(believed, ClientAddress::new(peer(STRANGER)));
        let believed = policy.resolve(peer(PROXY), &headers).to_string();
        let again: IpAddr = believed.parse().expect("what is believed is an address");
        assert_eq!(ClientAddress::new(again).to_string(), believed);
    }
});

use std::net::IpAddr;

use ipnet::{Ipv4Net, Ipv6Net};
use proptest::prelude::*;
use signet::domain::{AddressRange, ClientAddress};

fn range(text: &str) -> AddressRange {
    text.parse().unwrap()
}

fn address(text: &str) -> ClientAddress {
    ClientAddress::new(text.parse().unwrap())
}

#[test]
fn a_single_address_is_a_range_of_its_own() {
    for text in ["192.0.2.1", "192.0.2.1/32", "::1", "::1/128"] {
        assert!(range(text).is_single(), "{text}");
    }
    assert!(!range("192.0.2.0/31").is_single());
}

#[test]
fn a_mapped_address_is_the_ipv4_address() {
    assert_eq!(range("::ffff:192.0.2.1"), range("192.0.2.1"));
    assert_eq!(range("::ffff:192.0.2.0/120"), range("192.0.2.0/24"));
}

#[test]
fn what_is_neither_address_nor_cidr_is_refused() {
    for text in [
        "",
        " ",
        "ada",
        "192.0.2",
        "192.0.2.1/33",
        "192.0.2.1/",
        "192.0.2.1/-1",
        "::1/129",
        "192.0.2.1 ",
        "10.0.0.0/8,11.0.0.0/8",
        "192.0.2.1:80",
        "[::1]",
        "fe80::1%eth0",
    ] {
        assert!(text.parse::<AddressRange>().is_err(), "{text:?}");
    }
}

#[test]
fn an_ipv4_network_contains_no_ipv6_address() {
    assert!(!range("0.0.0.0/0").contains(address("2001:db8::1")));
    assert!(!range("0.0.0.0/0").contains(address("::1")));
}

proptest! {
    #[test]
    fn an_ipv4_network_contains_what_shares_its_prefix(
        base in any::<[u8; 4]>(),
        prefix in 0_u8..=32,
        other in any::<[u8; 4]>(),
    ) {
        let network = Ipv4Net::new(base.into(), prefix).unwrap();
        let range = range(&network.to_string());
        for ip in [base, other] {
            let expected = network.contains(&std::net::Ipv4Addr::from(ip));
            prop_assert_eq!(range.contains(ClientAddress::new(IpAddr::from(ip))), expected);
        }
    }

    #[test]
    fn an_ipv6_network_contains_what_shares_its_prefix(
        base in any::<[u8; 16]>(),
        prefix in 0_u8..=128,
        other in any::<[u8; 16]>(),
    ) {
        let network = Ipv6Net::new(base.into(), prefix).unwrap();
        let range = range(&network.to_string());
        for ip in [base, other] {
            let expected = network.contains(&std::net::Ipv6Addr::from(ip));
            prop_assert_eq!(range.contains(ClientAddress::new(IpAddr::from(ip))), expected);
        }
    }
}

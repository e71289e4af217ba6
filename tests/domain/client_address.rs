use std::net::IpAddr;

use proptest::prelude::*;
use signet::domain::ClientAddress;

fn address(text: &str) -> ClientAddress {
    ClientAddress::new(text.parse().unwrap())
}

#[test]
fn an_ipv4_mapped_address_is_the_ipv4_address() {
    assert_eq!(address("::ffff:192.0.2.7"), address("192.0.2.7"));
    assert_eq!(address("::ffff:192.0.2.7").to_string(), "192.0.2.7");
}

#[test]
fn two_ipv4_neighbours_are_two_clients() {
    assert_ne!(
        address("192.0.2.7").network(),
        address("192.0.2.8").network()
    );
}

#[test]
fn two_ipv6_networks_of_64_bits_are_two_clients() {
    let (one, other) = (address("2001:db8:0:1::1"), address("2001:db8:0:2::1"));
    assert_ne!(one.network(), other.network());
}

proptest! {
    #[test]
    fn all_addresses_of_one_ipv6_network_are_one_client(low in any::<u64>(), other in any::<u64>()) {
        let prefix = 0x2001_0db8_0000_0001_u128 << 64;
        let network = |low: u64| {
            let ip = IpAddr::from((prefix | u128::from(low)).to_be_bytes());
            ClientAddress::new(ip).network()
        };
        prop_assert_eq!(network(low), network(other));
    }
}

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

/// Where a request came from. An IPv4-mapped IPv6 address is the IPv4 address
/// that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    pub fn new(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }

    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// What limits count: one IPv4 address, or the /64 that one IPv6
    /// subscriber commonly gets (RFC 6177), whose addresses cost nothing.
    pub fn network(self) -> ClientNetwork {
        const SLASH_64: u128 = u128::MAX << 64;
        ClientNetwork(match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & SLASH_64).into(),
        })
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// From how many networks at most an account is known to log in.
pub const KNOWN_NETWORKS_PER_USER: usize = 100;
/// For how long a network is known after a login.
pub const KNOWN_NETWORK_FOR: Duration = Duration::from_hours(24 * 30);

/// The unit that per-client limits count by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientNetwork(IpAddr);

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

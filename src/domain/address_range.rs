use std::{
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use ipnet::IpNet;
use thiserror::Error;

use super::ClientAddress;

/// An address in the order in which every network is a range: an IPv4 address
/// stands where its IPv4-mapped IPv6 address does (RFC 4291 §2.5.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressKey([u8; 16]);

impl AddressKey {
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<[u8; 16]> for AddressKey {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl From<IpAddr> for AddressKey {
    fn from(address: IpAddr) -> Self {
        Self(match address {
            IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
            IpAddr::V6(v6) => v6.octets(),
        })
    }
}

impl From<ClientAddress> for AddressKey {
    fn from(address: ClientAddress) -> Self {
        address.ip().into()
    }
}

impl From<AddressKey> for ClientAddress {
    fn from(key: AddressKey) -> Self {
        Self::new(Ipv6Addr::from(key.0).into())
    }
}

/// An address or all addresses of a network (CIDR, RFC 4632).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    first: AddressKey,
    last: AddressKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is neither an address nor a CIDR")]
pub struct AddressRangeError;

impl AddressRange {
    pub fn first(&self) -> AddressKey {
        self.first
    }

    /// It belongs to the range.
    pub fn last(&self) -> AddressKey {
        self.last
    }

    /// Whether it is one address.
    pub fn is_single(&self) -> bool {
        self.first == self.last
    }

    pub fn contains(&self, address: ClientAddress) -> bool {
        (self.first..=self.last).contains(&address.into())
    }
}

impl FromStr for AddressRange {
    type Err = AddressRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let network = text
            .parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| AddressRangeError)?;
        Ok(Self {
            first: network.network().into(),
            last: network.broadcast().into(),
        })
    }
}

//! Where a request came from, as far as it can be believed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use poem::{
    Request,
    http::{HeaderMap, HeaderName, HeaderValue},
};

use crate::domain::ClientAddress;

/// The header that the trusted proxies write. The other one is never read: a
/// proxy that does not write it passes on whatever the client made up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientIpHeader {
    #[default]
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

impl ClientIpHeader {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::XForwardedFor => "X-Forwarded-For",
            Self::Forwarded => "Forwarded",
        }
    }
}

/// Whom to believe about a client's address.
#[derive(Clone, Debug, Default)]
pub struct ClientIpPolicy {
    pub trusted_proxies: Vec<IpNet>,
    pub header: ClientIpHeader,
}

impl ClientIpPolicy {
    pub(super) fn address_of(&self, request: &Request) -> ClientAddress {
        let peer = request
            .remote_addr()
            .as_socket_addr()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), SocketAddr::ip);
        self.resolve(peer, request.headers())
    }

    /// The peer's address; or, when the peer is a trusted proxy, the right-most
    /// address in the header that is none. Each proxy appends the address that
    /// it was called from, so what stands left of the first untrusted address
    /// is the client's own invention. An entry that is no address ends the
    /// search: then the nearest address that a trusted proxy vouches for counts.
    pub fn resolve(&self, peer: IpAddr, headers: &HeaderMap) -> ClientAddress {
        let mut nearest = peer.to_canonical();
        if self.trusts(nearest) {
            for hop in self.hops_from_the_right(headers) {
                let Some(address) = hop else { break };
                nearest = address.to_canonical();
                if !self.trusts(nearest) {
                    break;
                }
            }
        }
        ClientAddress::new(nearest)
    }

    /// The same for a request that has one line of the configured header.
    pub fn resolve_line(&self, peer: IpAddr, line: &str) -> ClientAddress {
        let name = HeaderName::try_from(self.header.as_str());
        let headers = name.ok().zip(HeaderValue::try_from(line).ok());
        self.resolve(peer, &headers.into_iter().collect())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(&address))
    }

    /// The header's entries, the last one first; `None` for one that is no address.
    fn hops_from_the_right(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let address_in = match self.header {
            ClientIpHeader::XForwardedFor => node_address,
            ClientIpHeader::Forwarded => for_address,
        };
        // Several lines of one header are one list (RFC 9110 §5.3).
        let lines: Vec<_> = headers.get_all(self.header.as_str()).iter().collect();
        let mut hops = Vec::new();
        for line in lines.into_iter().rev() {
            let line = line.to_str().unwrap_or("?");
            hops.extend(rsplit_unquoted(line, ',').into_iter().map(address_in));
        }
        hops
    }
}

/// The `for` parameter of one RFC 7239 element.
fn for_address(element: &str) -> Option<IpAddr> {
    let mut found = None;
    for pair in rsplit_unquoted(element, ';') {
        let (name, value) = pair.split_once('=')?;
        if name.trim().eq_ignore_ascii_case("for") {
            // Two in one element: no telling which one the proxy wrote.
            if found.is_some() {
                return None;
            }
            let value = value.trim();
            let unquoted = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
            found = Some(node_address(unquoted.unwrap_or(value))?);
        }
    }
    found
}

/// An address with or without port or brackets (RFC 7239 §6).
fn node_address(node: &str) -> Option<IpAddr> {
    let node = node.trim();
    let bare = node
        .strip_prefix('[')
        .and_then(|node| node.strip_suffix(']'))
        .unwrap_or(node);
    bare.parse::<IpAddr>()
        .ok()
        .or_else(|| Some(node.parse::<SocketAddr>().ok()?.ip()))
}

/// Splits at a separator that does not stand in a quoted string (RFC 9110
/// §5.6.4), beginning at the right: a quote that a client leaves open must not
/// swallow what proxies append after it.
fn rsplit_unquoted(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut end = text.len();
    let mut quoted = false;
    for (at, c) in text.char_indices().rev() {
        let escaped = || text[..at].bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 1;
        if c == '"' && !escaped() {
            quoted = !quoted;
        } else if c == separator && !quoted {
            parts.push(&text[at + c.len_utf8()..end]);
            end = at;
        }
    }
    parts.push(&text[..end]);
    parts
}

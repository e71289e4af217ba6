use std::net::{IpAddr, Ipv4Addr};

use super::report::Check;
use crate::adapters::http::{ClientIpHeader, ClientIpPolicy};

const CHECK: &str = "client address";

/// Addresses of examples (RFC 5737): what a client makes up, where it is, and
/// one that calls without a proxy.
const MADE_UP: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 66);
const CLIENT: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);
const DIRECT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

/// How the address that limits and logs go by is found, with an example.
pub(super) fn check(policy: &ClientIpPolicy) -> Check {
    let header = policy.header.as_str();
    let Some(network) = policy.trusted_proxies.first() else {
        let found = "no proxy is trusted: the peer's address counts, and no header is read. \
                     Behind a proxy all clients would count as one: SIGNET_TRUSTED_PROXIES names it";
        return Check::ok(CHECK, found);
    };
    let proxies: Vec<_> = policy
        .trusted_proxies
        .iter()
        .map(ToString::to_string)
        .collect();
    let line = match policy.header {
        ClientIpHeader::XForwardedFor => format!("{MADE_UP}, {CLIENT}"),
        ClientIpHeader::Forwarded => format!("for={MADE_UP}, for={CLIENT}"),
    };
    let proxy = network.hosts().next().unwrap_or(network.addr());
    let found = format!(
        "from the proxies {} the right-most address in {header} that is none of them counts, and \
         from any other peer its own. A request from {proxy} with `{header}: {line}` resolves to \
         {}, and the same one from {DIRECT} to {}",
        proxies.join(", "),
        policy.resolve_line(proxy, &line),
        policy.resolve_line(DIRECT, &line),
    );
    let trusts_all = policy.trusted_proxies.iter().find(|n| n.prefix_len() == 0);
    match trusts_all {
        Some(network) => {
            let found = format!(
                "{network} trusts everyone, so that clients can make up addresses: {found}"
            );
            let advice = "set SIGNET_TRUSTED_PROXIES to the addresses of your proxies only";
            Check::warn(CHECK, found, advice)
        }
        None => Check::ok(CHECK, found),
    }
}

use std::time::Duration;

use ipnet::IpNet;

/// What clients may take of the server before they are heard.
#[derive(Clone, Debug)]
pub struct ConnectionBounds {
    /// From the first byte of a request to the end of its head; for the first
    /// request from the connection's beginning, and so with the TLS handshake.
    pub request_head_timeout: Duration,
    /// From the first byte of a request to its last one.
    pub request_timeout: Duration,
    /// From the end of an answer to the first byte of the next request.
    pub keep_alive_timeout: Duration,
    /// How long a client may take in nothing of what it is sent.
    pub write_timeout: Duration,
    pub max_connections: usize,
    /// Of one client: an IPv4 address or an IPv6 /64.
    pub max_connections_per_client: usize,
    /// Clients that may have more, because others stand behind them.
    pub shared_addresses: Vec<IpNet>,
}

//! How many connections there are, and of whom.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::bounds::ConnectionBounds;
use crate::domain::{ClientAddress, ClientNetwork};

/// Above this many clients their table is made smaller again.
const CLIENTS_KEPT: usize = 64;

pub(super) struct Places {
    taken: Mutex<Taken>,
    all_free: Notify,
}

#[derive(Default)]
struct Taken {
    connections: usize,
    by_client: HashMap<ClientNetwork, usize>,
}

/// A connection's place, which is free again when this is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    client: Option<ClientNetwork>,
}

/// Which bound refuses a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    Server,
    Client,
}

impl Places {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            taken: Mutex::default(),
            all_free: Notify::new(),
        })
    }

    pub(super) fn take(
        self: &Arc<Self>,
        peer: IpAddr,
        bounds: &ConnectionBounds,
    ) -> Result<Place, Full> {
        let address = ClientAddress::new(peer);
        let shared = &bounds.shared_addresses;
        let is_shared = shared.iter().any(|net| net.contains(&address.ip()));
        let client = (!is_shared).then(|| address.network());
        let mut taken = self.taken();
        if taken.connections >= bounds.max_connections {
            return Err(Full::Server);
        }
        if let Some(client) = client {
            let own = taken.by_client.entry(client).or_default();
            if *own >= bounds.max_connections_per_client {
                return Err(Full::Client);
            }
            *own += 1;
        }
        taken.connections += 1;
        let places = self.clone();
        Ok(Place { places, client })
    }

    pub(super) fn connections(&self) -> usize {
        self.taken().connections
    }

    pub(super) async fn all_free(&self) {
        loop {
            let free = self.all_free.notified();
            if self.connections() == 0 {
                return;
            }
            free.await;
        }
    }

    /// A count is right after every statement, whoever panicked meanwhile.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.connections -= 1;
        if let Some(client) = self.client {
            taken.leave(client);
        }
        if taken.connections == 0 {
            self.places.all_free.notify_waiters();
        }
    }
}

impl Taken {
    fn leave(&mut self, client: ClientNetwork) {
        let Some(own) = self.by_client.get_mut(&client) else {
            return;
        };
        *own -= 1;
        if *own > 0 {
            return;
        }
        self.by_client.remove(&client);
        // What a flood took is given back.
        if self.by_client.capacity() > CLIENTS_KEPT.max(4 * self.by_client.len()) {
            self.by_client.shrink_to(2 * self.by_client.len());
        }
    }
}

#[cfg(test)]
mod tests {
    //! No machine has addresses of several networks to connect from.

    use std::time::Duration;

    use super::*;

    fn one_each() -> ConnectionBounds {
        ConnectionBounds {
            request_head_timeout: Duration::ZERO,
            request_timeout: Duration::ZERO,
            keep_alive_timeout: Duration::ZERO,
            write_timeout: Duration::ZERO,
            max_connections: 10,
            max_connections_per_client: 1,
            shared_addresses: Vec::new(),
        }
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_of_one_slash_64_are_one_client() {
        let places = Places::new();
        let _first = places.take(address("2001:db8:0:1::1"), &one_each());
        let second = places.take(address("2001:db8:0:1:ffff::2"), &one_each());
        assert_eq!(second.err(), Some(Full::Client));
    }

    #[test]
    fn addresses_of_two_slash_64_are_two_clients() {
        let places = Places::new();
        let _first = places.take(address("2001:db8:0:1::1"), &one_each());
        let second = places.take(address("2001:db8:0:2::1"), &one_each());
        assert_eq!(second.err(), None);
    }

    #[test]
    fn an_address_of_ipv4_is_the_same_client_however_it_is_written() {
        let places = Places::new();
        let _first = places.take(address("192.0.2.1"), &one_each());
        let second = places.take(address("::ffff:192.0.2.1"), &one_each());
        assert_eq!(second.err(), Some(Full::Client));
        let other = places.take(address("::ffff:192.0.2.2"), &one_each());
        assert_eq!(other.err(), None);
    }
}

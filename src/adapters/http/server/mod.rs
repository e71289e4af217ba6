//! Connections beneath poem: who gets one, how long clients may take, and how
//! the server stops.

mod accept;
mod bounds;
mod connection;
mod drain;
mod message;
mod places;
mod progress;
mod stream;
mod timers;

use std::{io, sync::Arc};

use poem::{Addr, EndpointExt, IntoEndpoint, web::LocalAddr};
use tokio::{
    net::TcpListener,
    time::{sleep, timeout},
};

use self::{accept::Acceptor, connection::Shared, drain::Stage, places::Places};
use super::tls::TlsIdentity;
use crate::adapters::accepting::Seldom;

pub use bounds::ConnectionBounds;
pub use drain::{Drain, DrainTimings};
pub(super) use message::LateBody;

/// What the server beneath the API is told.
pub struct ServerSettings {
    pub bounds: ConnectionBounds,
    pub timings: DrainTimings,
    pub drain: Drain,
    /// `None`: HTTP is spoken without it.
    pub tls: Option<Arc<TlsIdentity>>,
}

/// Serves until it is told to stop, and lets accepted requests finish.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: E,
    settings: ServerSettings,
) -> io::Result<()>
where
    E: IntoEndpoint,
    E::Endpoint: 'static,
{
    let ServerSettings {
        bounds,
        timings,
        drain,
        tls,
    } = settings;
    let local_addr = LocalAddr(Addr::SocketAddr(listener.local_addr()?));
    let places = Places::new();
    let mut acceptor = Acceptor {
        shared: Arc::new(Shared {
            endpoint: endpoint.into_endpoint().map_to_response().boxed(),
            bounds,
            drain: drain.clone(),
            http: connection::http(),
            tls: tls
                .map(|identity| identity.acceptor())
                .transpose()
                .map_err(io::Error::other)?,
            local_addr,
        }),
        places: places.clone(),
        refusals: Seldom::default(),
        troubles: Seldom::default(),
    };
    tokio::select! {
        () = acceptor.run(&listener) => {}
        () = time_to_close(&drain, timings) => {}
    }
    // From here on connections without a request are closed: those that wait are
    // looked at once, too.
    drain.advance(Stage::Closing);
    acceptor.finish(listener)?;
    tokio::select! {
        finished = timeout(timings.timeout, places.all_free()) => {
            if finished.is_err() {
                let connections = places.connections();
                tracing::warn!(connections, "cut what did not finish in time");
            }
        }
        () = drain.reached(Stage::Cut) => {}
    }
    drain.cut();
    places.all_free().await;
    Ok(())
}

async fn time_to_close(drain: &Drain, timings: DrainTimings) {
    drain.reached(Stage::Leaving).await;
    if timings.delay.is_zero() {
        return;
    }
    tokio::select! {
        () = sleep(timings.delay) => {}
        () = drain.reached(Stage::Cut) => {}
    }
}

//! What comes with a request that begins or refreshes a session.

use std::time::Duration;

use signet::{
    adapters::system::OsEntropy,
    domain::{ClientAddress, RequestId, RequestOrigin, SessionTerms},
    ports::Entropy,
};

pub(crate) const TERMS: SessionTerms = SessionTerms {
    idle: Duration::from_hours(24 * 30),
    longest: Duration::from_hours(24 * 180),
    reuse_window: Duration::from_secs(10),
};

pub(crate) fn origin(address: [u8; 4]) -> RequestOrigin {
    RequestOrigin {
        address: ClientAddress::new(address.into()),
        user_agent: None,
        request_id: RequestId::from(OsEntropy.uuid()),
    }
}

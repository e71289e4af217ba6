//! How a server is watched.

use std::net::SocketAddr;

use super::{ConfigError, forms, sources::Values};

/// `None`: nothing is measured.
pub(super) fn metrics_listen(values: &Values) -> Result<Option<SocketAddr>, ConfigError> {
    let name = "metrics_listen";
    match values.optional_text(name)? {
        Some(_) => forms::address(values, name).map(Some),
        None => Ok(None),
    }
}

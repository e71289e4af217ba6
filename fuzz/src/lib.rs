//! What the fuzz targets stand on: a server in memory, and a key of their own.

// The layers around the HTTP routes are types within types.
#![recursion_limit = "256"]

pub mod server;
pub mod signing;

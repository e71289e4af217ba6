//! What the fuzz targets stand on: a server in memory, and a key of their own.

pub mod server;
pub mod signing;

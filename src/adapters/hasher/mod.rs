//! Password hashing on threads of its own, with a bound on what waits.

mod argon2;
mod backend;
mod job;
mod pool;
mod queue;
mod settings;

pub use self::{
    argon2::{Argon2Hasher, StartError},
    backend::BackendChoice,
    job::Reply,
    pool::{HashPool, PoolError},
    settings::PoolSettings,
};

//! Password hashing on threads of its own, with a bound on what waits.

mod argon2;
mod backend;
mod job;
mod pool;
mod priority;
mod queue;
mod settings;
mod stack;
mod watch;
mod worker;

pub use self::{
    argon2::{Argon2Hasher, StartError},
    backend::{BackendChoice, WrongPortable},
    job::Reply,
    pool::{HashPool, PoolError},
    settings::PoolSettings,
    watch::HashWatch,
};

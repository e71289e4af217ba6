//! Rate limiters for the server, and the window arithmetic that limiters share.

mod moka;
mod sliding_window;
mod throttle;

pub use self::{moka::MokaLimiter, sliding_window::SlidingWindow, throttle::LocalThrottle};

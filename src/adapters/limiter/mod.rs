//! Rate limiters for the server, and the window arithmetic that limiters share.

mod moka;
mod redis;
mod sliding_window;
mod throttle;

pub use self::{
    moka::MokaLimiter,
    redis::{
        ExaminedRedis, FallbackPolicy, RedisLimiter, RedisServer, RedisSettings, RedisThrottle,
        RedisTrouble, RedisUrl, examine_redis,
    },
    sliding_window::SlidingWindow,
    throttle::LocalThrottle,
};

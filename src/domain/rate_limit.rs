use std::{fmt, num::NonZeroU32, str::FromStr, time::Duration};

use thiserror::Error;

/// At most `quota` requests in any window of this length, written `10/1s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateLimit {
    quota: NonZeroU32,
    window: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{0:?} is not a rate limit: expected a count of 1 to 10000, a slash and a time of 1s to 1day in whole seconds, like 10/1s"
)]
pub struct RateLimitError(String);

impl RateLimit {
    pub const MAX_QUOTA: u32 = 10_000;
    const MAX_WINDOW: Duration = Duration::from_hours(24);

    /// `None` outside 1 to 10,000 requests in 1 s to 1 day of whole seconds,
    /// which is what the headers can tell.
    pub fn new(quota: u32, window: Duration) -> Option<Self> {
        let quota = NonZeroU32::new(quota).filter(|q| q.get() <= Self::MAX_QUOTA)?;
        let in_range = (Duration::from_secs(1)..=Self::MAX_WINDOW).contains(&window);
        (in_range && window.subsec_nanos() == 0).then_some(Self { quota, window })
    }

    pub fn quota(self) -> u32 {
        self.quota.get()
    }

    pub fn window(self) -> Duration {
        self.window
    }
}

impl FromStr for RateLimit {
    type Err = RateLimitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once('/')
            .and_then(|(quota, window)| {
                let window = humantime::parse_duration(window.trim()).ok()?;
                Self::new(quota.trim().parse().ok()?, window)
            })
            .ok_or_else(|| RateLimitError(text.to_owned()))
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let window = humantime::format_duration(self.window).to_string();
        write!(f, "{}/{}", self.quota, window.replace(' ', ""))
    }
}

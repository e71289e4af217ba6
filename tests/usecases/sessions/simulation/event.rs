#[derive(Clone, Debug)]
pub enum Event {
    Pass {
        millis: u32,
    },
    /// The owner refreshes and gets the answer.
    Refresh {
        server: usize,
    },
    /// The owner refreshes and the answer is lost.
    LoseAnswer {
        server: usize,
    },
    /// Two tabs refresh with one token at once.
    TwoTabs {
        servers: [usize; 2],
    },
    /// The thief presents a copy of one of the owner's tokens, so many back.
    Steal {
        server: usize,
        back: usize,
    },
    /// The thief goes on with what they got.
    Rival {
        server: usize,
    },
    LogOut,
    /// A server's clock is so far ahead from now on, or behind.
    Jump {
        server: usize,
        millis: i64,
    },
    RotateRefreshKey {
        server: usize,
    },
}

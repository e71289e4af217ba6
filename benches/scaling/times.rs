//! How long a question takes, asked again and again.

use std::time::Duration;

use super::stopwatch::Stopwatch;

/// How often a question is asked that takes long.
pub(crate) const FEW_TIMES: usize = 20;

/// How long a question took each time.
pub(crate) struct Times {
    name: &'static str,
    times: Vec<Duration>,
}

impl Times {
    pub(crate) fn new(name: &'static str) -> Self {
        let times = Vec::new();
        Self { name, times }
    }

    pub(crate) async fn of<T>(&mut self, asking: impl Future<Output = T>) -> T {
        let time = Stopwatch::start();
        let answer = asking.await;
        self.times.push(time.elapsed());
        answer
    }

    pub(crate) fn print(mut self) {
        self.times.sort_unstable();
        let count = self.times.len();
        let Some(most) = count.checked_sub(1) else {
            println!("{:46} {count:>6}", self.name);
            return;
        };
        let at = |share: usize| self.times[most * share / 100].as_secs_f64() * 1000.0;
        let (median, p99) = (at(50), at(99));
        println!("{:46} {count:>6} {median:>7.2} ms {p99:>7.2} ms", self.name);
    }
}

//! An open loop: requests that are sent when they are due, however long the
//! ones before them take. Their times are counted from when they were due, so
//! that no wait is left out.

use std::{sync::Arc, thread, time::Duration};

use reqwest::{Client, RequestBuilder};
use tokio::{runtime, task::JoinHandle};

use super::{Outcome, cpu, machine::cores, stopwatch::Stopwatch};

pub(crate) struct Paced {
    pub(crate) per_second: f64,
    pub(crate) seconds: u32,
    pub(crate) arrivals: Arrivals,
}

/// How long answers took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waited {
    /// In milliseconds.
    pub(crate) p99: f64,
    /// The load generator's share of all cores.
    pub(crate) load_share: f64,
}

/// When requests come.
#[derive(Clone, Copy)]
pub(crate) enum Arrivals {
    /// The same time after one another.
    Even,
    /// Each without regard to the others (a Poisson process).
    Random,
}

impl Arrivals {
    /// How long until the next one, where the mean of that is 1.
    fn gap(self) -> Outcome<f64> {
        Ok(match self {
            Self::Even => 1.0,
            // From 0, excluded, to 1.
            Self::Random => -((f64::from(getrandom::u32()?) + 1.0) / 2_f64.powi(32)).ln(),
        })
    }
}

impl Paced {
    /// `ask` begins one request. An error where one was refused: a figure of
    /// refusals says nothing.
    pub(crate) fn go<F>(&self, ask: impl Fn(&Client) -> F) -> Outcome<Waited>
    where
        F: Future<Output = Outcome<()>> + Send + 'static,
    {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let client = Client::new();
        let used_before = cpu::own()?;
        let time = Arc::new(Stopwatch::start());
        let mut asked: Vec<JoinHandle<Outcome<Duration>>> = Vec::new();
        let (mut due_at, end) = (0.0, f64::from(self.seconds));
        while due_at < end {
            let due = Duration::from_secs_f64(due_at);
            due_at += self.arrivals.gap()? / self.per_second;
            thread::sleep(due.saturating_sub(time.elapsed()));
            let (answer, time) = (ask(&client), time.clone());
            asked.push(runtime.spawn(async move {
                answer.await?;
                Ok(time.elapsed().saturating_sub(due))
            }));
        }
        let mut waits = Vec::new();
        for answer in asked {
            waits.push(1000.0 * runtime.block_on(answer)??.as_secs_f64());
        }
        let seconds = time.elapsed().as_secs_f64();
        let used = cpu::own()? - used_before;
        waits.sort_by(f64::total_cmp);
        Ok(Waited {
            p99: percentile(&waits, 99).ok_or("no request was sent")?,
            load_share: used / seconds / cores() as f64,
        })
    }
}

/// What so many percent of the sorted values do not exceed.
fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// Sends the request and reads the answer, which is a success.
pub(crate) async fn answered(request: RequestBuilder) -> Outcome<()> {
    request.send().await?.error_for_status()?.bytes().await?;
    Ok(())
}

//! An open loop: requests that are sent when they are due, however long the
//! ones before them take. Their times are counted from when they were due, so
//! that no wait is left out.

use std::{sync::Arc, thread, time::Duration};

use reqwest::{Client, RequestBuilder};
use tokio::{runtime, task::JoinHandle};

use super::{Outcome, cpu, machine::cores, stopwatch::Stopwatch, wrk::Seen};

pub(crate) struct Paced {
    pub(crate) per_second: f64,
    pub(crate) seconds: u32,
}

impl Paced {
    /// `ask` begins one request. An error where one was refused: a figure of
    /// refusals says nothing.
    pub(crate) fn go<F>(&self, ask: impl Fn(&Client) -> F) -> Outcome<Seen>
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
        let end = Duration::from_secs(self.seconds.into());
        loop {
            let due = Duration::from_secs_f64(asked.len() as f64 / self.per_second);
            if due >= end {
                break;
            }
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
        Ok(Seen {
            answers: waits.len() as u64,
            per_second: waits.len() as f64 / seconds,
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

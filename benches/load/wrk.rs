//! wrk, a closed loop: each of a number of connections asks again once it is
//! answered.

use std::{fs, path::Path, process::Command};

use serde::Deserialize;

use super::{Outcome, cpu, machine::cores};

/// More than this of its threads' time, and it is what limits the rate.
const BUSY: f64 = 0.95;

/// One run.
pub(crate) struct Run<'a> {
    pub(crate) script: &'a str,
    pub(crate) url: &'a str,
    pub(crate) arguments: &'a [&'a str],
    pub(crate) connections: usize,
    pub(crate) seconds: u32,
}

/// What a load generator saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) answers: u64,
    pub(crate) per_second: f64,
    /// In milliseconds.
    pub(crate) p99: f64,
    /// The load generator's share of all cores.
    pub(crate) load_share: f64,
}

/// What `report.lua` prints.
#[derive(Deserialize)]
struct Report {
    answers: u64,
    microseconds: f64,
    refused: u64,
    broken: u64,
    p99: f64,
}

impl Run<'_> {
    /// One for each two cores: it takes about a third of them for the shortest answers.
    fn threads(&self) -> usize {
        // What it refreshes with is known to one thread.
        if self.script == "refresh.lua" {
            1
        } else {
            cores().div_ceil(2).min(self.connections)
        }
    }

    /// An error where anything was refused, or was not the answer that was wanted: a figure
    /// of refusals says nothing.
    pub(crate) fn go(&self) -> Outcome<Seen> {
        // wrk reads one file.
        let script = tempfile::NamedTempFile::new()?;
        let parts = [self.script, "report.lua"].map(|name| fs::read(scripts().join(name)));
        let [requests, report] = parts;
        fs::write(script.path(), [requests?, report?].concat())?;

        let threads = self.threads();
        let before = cpu::children()?;
        let output = Command::new("wrk")
            .args(["--threads", &threads.to_string(), "--timeout", "30"])
            .args(["--connections", &self.connections.to_string()])
            .args(["--duration", &self.seconds.to_string()])
            .arg("--script")
            .arg(script.path())
            .arg(self.url)
            .arg("--")
            .args(self.arguments)
            .output()
            .map_err(|error| format!("wrk is needed: {error}"))?;
        let used = cpu::children()? - before;
        let text = String::from_utf8_lossy(&output.stdout);
        let Some(line) = text.lines().find(|line| line.starts_with('{')) else {
            let errors = String::from_utf8_lossy(&output.stderr);
            return Err(format!("wrk failed: {text}{errors}").into());
        };
        let report: Report = serde_json::from_str(line)?;
        let (url, told) = (self.url, String::from_utf8_lossy(&output.stderr));
        let Report {
            answers,
            refused,
            broken,
            ..
        } = report;
        if refused + broken > 0 || answers == 0 || !told.is_empty() {
            let said =
                format!("{url}: {answers} answers, {refused} refused, {broken} broken: {told}");
            return Err(said.into());
        }
        let seconds = report.microseconds / 1e6;
        if used / seconds > BUSY * threads as f64 {
            let said = format!("{url}: wrk was busy all the time: the figure would be its own");
            return Err(said.into());
        }
        Ok(Seen {
            answers,
            per_second: answers as f64 / seconds,
            p99: report.p99 / 1e3,
            load_share: used / seconds / cores() as f64,
        })
    }
}

fn scripts() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/load/wrk"))
}

//! wrk, a closed loop: each of a number of connections asks again once it is
//! answered.

use std::{fs, path::Path, process::Command};

use serde::Deserialize;

use super::{Outcome, cpu, machine::cores};

/// If its threads work for more than this part of the time, it is what limits the rate. If
/// they work less because they wait for a core, the cores are.
const BUSY: f64 = 0.95;

/// One run.
pub(crate) struct Run<'a> {
    pub(crate) script: &'a str,
    pub(crate) url: &'a str,
    pub(crate) arguments: &'a [&'a str],
    pub(crate) connections: usize,
    pub(crate) seconds: u32,
}

/// What it saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) answers: u64,
    pub(crate) per_second: f64,
    /// Its share of all cores.
    pub(crate) load_share: f64,
}

/// What `report.lua` prints.
#[derive(Deserialize)]
struct Report {
    answers: u64,
    microseconds: f64,
    refused: u64,
    broken: u64,
}

impl Run<'_> {
    /// One for each two cores at most: it takes about a third of them for the shortest
    /// answers. All have as many connections.
    fn threads(&self) -> usize {
        // What it refreshes with is known to one thread.
        if self.script == "refresh.lua" {
            return 1;
        }
        let mut counts = (1..=cores().div_ceil(2)).rev();
        let even = counts.find(|count| self.connections.is_multiple_of(*count));
        even.unwrap_or(1)
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
            load_share: used / seconds / cores() as f64,
        })
    }
}

fn scripts() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/load/wrk"))
}

//! wrk, a closed loop: each of a number of connections asks again once it is
//! answered.

use std::{fs, path::Path, process::Command};

use serde::Deserialize;

use super::{Outcome, cpu, machine::cores};

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
    /// An error where anything was refused: a figure of refusals says nothing.
    pub(crate) fn go(&self) -> Outcome<Seen> {
        // wrk reads one file.
        let script = tempfile::NamedTempFile::new()?;
        let parts = [self.script, "report.lua"].map(|name| fs::read(scripts().join(name)));
        let [requests, report] = parts;
        fs::write(script.path(), [requests?, report?].concat())?;

        let before = cpu::children()?;
        let output = Command::new("wrk")
            .args(["--threads", "1", "--timeout", "30"])
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
        if report.refused + report.broken > 0 || report.answers == 0 {
            let Report {
                answers,
                refused,
                broken,
                ..
            } = report;
            let (url, told) = (self.url, String::from_utf8_lossy(&output.stderr));
            let said =
                format!("{url}: {answers} answers, {refused} refused, {broken} broken: {told}");
            return Err(said.into());
        }
        let seconds = report.microseconds / 1e6;
        Ok(Seen {
            answers: report.answers,
            per_second: report.answers as f64 / seconds,
            p99: report.p99 / 1e3,
            load_share: used / seconds / cores() as f64,
        })
    }
}

fn scripts() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/load/wrk"))
}

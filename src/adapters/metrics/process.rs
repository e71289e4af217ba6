//! The process itself, as Linux tells (proc(5)), under the names that all
//! Prometheus clients use. Elsewhere there is nothing of it.

use std::{fmt, fs};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};

use crate::{adapters::system::SystemClock, domain::Timestamp, ports::Clock};

#[derive(Debug)]
pub(super) struct Process {
    units: Units,
    /// Of the process, which makes its metrics before it opens anything that takes
    /// time. `/proc/stat`, from which others reckon it, is hidden from a service by
    /// systemd's `ProcSubset=pid`.
    started: Timestamp,
}

/// What the kernel counts in.
#[derive(Clone, Copy, Debug)]
struct Units {
    page_bytes: u64,
    ticks_per_second: u64,
}

/// Of `/proc/self/stat`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stat {
    cpu_seconds: f64,
    virtual_bytes: u64,
    resident_bytes: u64,
}

impl Process {
    pub(super) fn new() -> Self {
        Self {
            units: Units::of_this_machine(),
            started: SystemClock::new().now(),
        }
    }
}

impl Units {
    #[cfg(target_os = "linux")]
    fn of_this_machine() -> Self {
        let positive = |number: u64| number.max(1);
        Self {
            page_bytes: positive(u64::try_from(rustix::param::page_size()).unwrap_or_default()),
            ticks_per_second: positive(rustix::param::clock_ticks_per_second()),
        }
    }

    /// Nothing is counted in them.
    #[cfg(not(target_os = "linux"))]
    fn of_this_machine() -> Self {
        Self {
            page_bytes: 1,
            ticks_per_second: 1,
        }
    }

    fn seconds(self, ticks: u64) -> f64 {
        to_f64(ticks) / to_f64(self.ticks_per_second)
    }
}

impl Stat {
    fn parse(text: &str, units: Units) -> Option<Self> {
        // The second field is the command, which may hold anything.
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        // Fields are numbered from 1, and the third is the first here.
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            cpu_seconds: units.seconds(field(14)? + field(15)?),
            virtual_bytes: field(23)?,
            resident_bytes: field(24)? * units.page_bytes,
        })
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let Some(stat) = Stat::parse(&stat, self.units) else {
            return Ok(());
        };
        let help = "CPU time that the process took";
        let cpu =
            encoder.encode_descriptor("process_cpu_seconds", help, None, MetricType::Counter)?;
        ConstCounter::new(stat.cpu_seconds).encode(cpu)?;
        let mut gauge = |name, help, value: Option<f64>| {
            let Some(value) = value else {
                return Ok(());
            };
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(value).encode(metric)
        };
        gauge(
            "process_resident_memory_bytes",
            "Memory that the process occupies",
            Some(to_f64(stat.resident_bytes)),
        )?;
        gauge(
            "process_virtual_memory_bytes",
            "Address space of the process",
            Some(to_f64(stat.virtual_bytes)),
        )?;
        gauge(
            "process_start_time_seconds",
            "When the process started, in seconds since 1970",
            u64::try_from(self.started.timestamp_millis())
                .ok()
                .map(|milliseconds| to_f64(milliseconds) / 1000.0),
        )?;
        gauge(
            "process_open_fds",
            "Open files, connections among them",
            open_files(),
        )?;
        gauge(
            "process_max_fds",
            "Files that may be open",
            most_open_files(),
        )
    }
}

fn open_files() -> Option<f64> {
    let files = fs::read_dir("/proc/self/fd").ok()?.count();
    // The folder itself was open meanwhile.
    Some(to_f64(u64::try_from(files).ok()?.saturating_sub(1)))
}

fn most_open_files() -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// Exact up to 2^53.
#[allow(
    clippy::cast_precision_loss,
    reason = "no process has so many bytes or ticks"
)]
fn to_f64(number: u64) -> f64 {
    number as f64
}

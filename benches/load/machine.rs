//! What the figures were taken on.

use std::{env::consts::ARCH, fs};

pub(crate) use signet::adapters::system::cores;

use super::{Outcome, disk::file_system};

pub(crate) fn description() -> Outcome<String> {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let memory = field("/proc/meminfo", "MemTotal")?;
    let memory: u64 = memory.trim_end_matches(" kB").parse()?;
    Ok(format!(
        "Signet {} on {} cores of {}, {} GiB, Linux {}, {}",
        env!("CARGO_PKG_VERSION"),
        cores(),
        // Not every architecture's kernel names it.
        field("/proc/cpuinfo", "model name").unwrap_or_else(|_| ARCH.to_owned()),
        memory / 1024 / 1024,
        kernel.trim(),
        file_system()?,
    ))
}

/// What a line like `name : value` says.
pub(crate) fn field(file: &str, name: &str) -> Outcome<String> {
    let text = fs::read_to_string(file)?;
    let value = text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim_end() == name).then(|| value.trim().to_owned())
    });
    Ok(value.ok_or_else(|| format!("no {name} in {file}"))?)
}

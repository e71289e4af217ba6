//! What the figures were taken on.

use std::{env, fs, process::Command, thread};

use super::Outcome;

pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

pub(crate) fn description() -> Outcome<String> {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let memory = field("/proc/meminfo", "MemTotal")?;
    let memory: u64 = memory.trim_end_matches(" kB").parse()?;
    Ok(format!(
        "Signet {} on {} cores of {}, {} GiB, Linux {}, {}",
        env!("CARGO_PKG_VERSION"),
        cores(),
        field("/proc/cpuinfo", "model name")?,
        memory / 1024 / 1024,
        kernel.trim(),
        file_system()?,
    ))
}

/// Of the folder that the databases lie in. An error where it is memory: commits would
/// cost nothing.
fn file_system() -> Outcome<String> {
    let folder = env::temp_dir();
    let stat = ["-f", "-c", "%T"];
    let output = Command::new("stat").args(stat).arg(&folder).output()?;
    let name = String::from_utf8(output.stdout)?.trim().to_owned();
    if ["tmpfs", "ramfs"].contains(&name.as_str()) {
        let folder = folder.display();
        return Err(format!("{folder} is memory: name a folder on a disk with TMPDIR").into());
    }
    Ok(name)
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

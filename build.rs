//! What `signet --version` says besides the number, and how the program is linked.

use std::{
    env,
    path::Path,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=BUILD_COMMIT");
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let number = env!("CARGO_PKG_VERSION");
    println!("cargo::rustc-env=BUILD_VERSION={number} ({})", provenance());
    if reads_short_relocations() {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    warn_without_settings();
}

/// Cargo reads `.cargo/config.toml` of the folder that it is called in, not of the one that
/// is built. `CFLAGS`, which packagers set, is left out: without its own mimalloc takes a
/// little more memory.
fn warn_without_settings() {
    for variable in ["AWS_LC_SYS_NO_JITTER_ENTROPY", "LIBSQLITE3_FLAGS"] {
        println!("cargo::rerun-if-env-changed={variable}");
        if env::var_os(variable).is_none() {
            println!(
                "cargo::warning=without {variable} of .cargo/config.toml Signet is slower: \
                 call cargo in the folder that this file is in"
            );
        }
    }
}

/// Whether the C library of this machine, for which the program is built, knows addresses
/// to relocate in their short form, glibc since 2.36: they take 11 KiB instead of 600, all
/// of which a start reads. As with any program, what is built with a newer glibc need not
/// start with an older one.
fn reads_short_relocations() -> bool {
    let linux = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux");
    let native = env::var("TARGET") == env::var("HOST");
    linux && native && glibc().is_some_and(|version| version >= (2, 36))
}

/// Of this machine, where that is its C library.
fn glibc() -> Option<(u32, u32)> {
    let output = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// A build for development is not made again at every commit, and so cannot name
/// one.
fn provenance() -> String {
    if env::var("PROFILE").is_ok_and(|profile| profile == "debug") {
        return "development build".to_owned();
    }
    let commit = env::var("BUILD_COMMIT").ok().or_else(commit);
    let commit = commit.filter(|commit| !commit.is_empty());
    let commit = commit.unwrap_or_else(|| "unknown".to_owned());
    format!("commit {commit}, built {}", date(seconds()))
}

/// Of the repository that this file lies in; none where it was unpacked from an
/// archive, be it inside someone else's repository.
fn commit() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    for changes_with_it in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", changes_with_it])?;
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// When it is built, or what stands for it in a build that others can repeat
/// (`SOURCE_DATE_EPOCH` of reproducible-builds.org).
#[expect(
    clippy::disallowed_methods,
    reason = "a build script has no ports, and this is the date of the build"
)]
fn seconds() -> u64 {
    let given = env::var("SOURCE_DATE_EPOCH");
    let given = given.ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| since.as_secs())
    })
}

/// As YYYY-MM-DD in UTC.
fn date(seconds: u64) -> String {
    let (mut year, mut day) = (1970, seconds / 86_400);
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if day < length {
            break;
        }
        day -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", day + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

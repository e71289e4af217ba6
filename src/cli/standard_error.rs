use std::{
    fmt,
    io::{self, Write},
};

/// Writes a line for people to standard error. Where nobody reads it, or its disk is
/// full, it is lost: what was asked for is done all the same, and the exit code, which
/// tells how it went, needs no reader. `eprintln!` would panic instead.
pub(super) fn tell(line: impl fmt::Display) {
    // At once, so that a log's lines do not come between.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

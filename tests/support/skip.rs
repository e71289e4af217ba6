//! What a machine lacks, and so is not tested on it.

use std::io::{self, Write};

/// Set to 1 where the absence of a program is a failure.
const REQUIRED: &str = "SIGNET_TEST_REQUIRE_SERVERS";

/// Tells which program is missing, or fails where none may.
pub fn without(program: &str) {
    let required = std::env::var_os(REQUIRED).is_some_and(|it| it == "1");
    assert!(!required, "{REQUIRED} is set, and there is no {program}");
    tell(&format!("no {program}"));
}

/// Also where the test passes: the harness keeps only what macros print from showing.
pub fn tell(why: &str) {
    let _ = writeln!(io::stderr(), "skipped: {why}");
}

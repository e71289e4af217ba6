use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A tenth more answers than with glibc's: see docs/performance.md.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    signet::cli::run()
}

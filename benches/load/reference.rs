//! The C reference implementation of Argon2 (phc-winner-argon2), compiled for
//! this very processor. Its source comes in the npm package `argon2`.

use std::{path::Path, process::Command};

use signet::domain::Argon2Params;
use tempfile::TempDir;

use super::Outcome;

const PACKAGE: &str = "argon2@0.41.1";
const ARCHIVE: &str = "argon2-0.41.1.tgz";

pub(crate) struct Reference {
    folder: TempDir,
}

impl Reference {
    /// `None` where npm or a C compiler is missing.
    pub(crate) fn build() -> Outcome<Option<Self>> {
        let reference = Self {
            folder: tempfile::tempdir()?,
        };
        Ok(match reference.compile() {
            Ok(()) => Some(reference),
            Err(error) => {
                eprintln!("the C reference is left out: {error}");
                None
            }
        })
    }

    fn compile(&self) -> Outcome<()> {
        let here = self.folder.path();
        run(
            here,
            Command::new("npm").args(["pack", "--silent", PACKAGE]),
        )?;
        run(here, Command::new("tar").args(["xzf", ARCHIVE]))?;
        let source = here.join("package/argon2");
        // `opt`: the one with vector instructions, instead of `ref`.
        let parts = [
            "argon2",
            "blake2/blake2b",
            "core",
            "encoding",
            "opt",
            "thread",
        ];
        let files = parts.map(|name| source.join(format!("src/{name}.c")));
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/load/reference.c");
        let mut cc = Command::new("cc");
        cc.args([
            "-O3",
            "-march=native",
            "-pthread",
            "-o",
            "reference",
            program,
        ]);
        run(here, cc.args(files).arg("-I").arg(source.join("include")))
    }

    /// Hashes per second of so many threads, with the server's defaults.
    pub(crate) fn per_second(&self, threads: usize, seconds: u32) -> Outcome<f64> {
        let params = Argon2Params::default();
        let cost = [
            params.iterations(),
            params.memory_kib(),
            params.parallelism(),
        ];
        let output = Command::new(self.folder.path().join("reference"))
            .args([seconds.to_string(), threads.to_string()])
            .args(cost.map(|part| part.to_string()))
            .output()?;
        Ok(String::from_utf8(output.stdout)?.trim().parse()?)
    }
}

fn run(folder: &Path, command: &mut Command) -> Outcome<()> {
    let output = command.current_dir(folder).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {said}", command.get_program().display()).into())
}

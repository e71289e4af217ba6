//! What packages ship beside the binary, made from the definition of the commands.

use std::{fs, io, path::PathBuf};

use clap::Args;
use clap_complete::Shell;

use super::{command, error::CliError};

pub(super) const COMPLETIONS: &str = "\
Example:
  signet completions bash > /etc/bash_completion.d/signet";

pub(super) const MAN: &str = "\
Example:
  signet man /usr/local/share/man/man1";

#[derive(Args)]
pub(super) struct CompletionsArgs {
    /// The shell that completes
    shell: Shell,
}

#[derive(Args)]
pub(super) struct ManArgs {
    /// The folder, made where it is missing
    dir: PathBuf,
}

pub(super) fn completions(args: &CompletionsArgs) -> Result<(), CliError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "signet", &mut text);
    // Its reader may be gone.
    io::Write::write_all(&mut io::stdout(), &text).map_err(CliError::unwritten)
}

/// One page for each command.
pub(super) fn man(args: &ManArgs) -> Result<(), CliError> {
    let written =
        fs::create_dir_all(&args.dir).and_then(|()| clap_mangen::generate_to(command(), &args.dir));
    written.map_err(|error| {
        let message = format!("cannot write to {}: {error}", args.dir.display());
        CliError::failure(io::Error::new(error.kind(), message))
    })
}

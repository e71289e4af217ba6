mod reference;

use std::io::{self, Write};

use clap::Args;

use super::{error::CliError, master_key_source, session::write};
use crate::config::{Config, Sources, Values, settings};

pub(super) const EXAMPLES: &str = "\
Examples:
  signet config
  signet config --reference > configuration.md";

#[derive(Args)]
pub(super) struct ConfigArgs {
    /// Print instead what settings there are, as a page in Markdown
    #[arg(long)]
    reference: bool,
}

/// Prints every setting as `signet.toml` could hold it, with its meaning.
pub(super) fn run(sources: &Sources, args: &ConfigArgs) -> Result<(), CliError> {
    if args.reference {
        return write(&reference::page());
    }
    let values = sources.read()?;
    // A configuration that cannot be served from is no effective one.
    Config::load(sources, false)?;
    let master_key = match master_key_source().read() {
        Ok(keys) => format!("given, its id is {}", keys.current().id()),
        Err(error) => error.to_string(),
    };
    write_settings(&values, &master_key).map_err(CliError::unwritten)
}

fn write_settings(values: &Values, master_key: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "# master key: {master_key}")?;
    for setting in settings() {
        let value = values.shown(setting.name);
        writeln!(out, "\n# {}\n{} = {value}", setting.meaning, setting.name)?;
    }
    Ok(())
}

//! Who reads standard output, and what is done for people alone.

use std::{
    env,
    io::{self, IsTerminal},
};

use clap::builder::styling::{AnsiColor, Style};

pub(super) const PLAIN: Style = Style::new();
pub(super) const HEADING: Style = Style::new().bold();
/// Of what works, and of what does not any more.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const WAITING: Style = AnsiColor::Cyan.on_default();
pub(super) const FORMER: Style = AnsiColor::Yellow.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default();
pub(super) const GONE: Style = Style::new().dimmed();

/// Whether a person reads standard output, and not a program.
pub(super) fn is_for_people() -> bool {
    io::stdout().is_terminal()
}

/// Whether colours are shown and wanted: see <https://no-color.org>.
pub(super) fn is_coloured() -> bool {
    let forbidden = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let cannot = env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    is_for_people() && !forbidden && !cannot
}

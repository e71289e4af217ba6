use std::io::{self, IsTerminal, Write};

use super::error::CliError;

/// Asks on the terminal; `without` says what to do where there is none.
pub(super) fn confirm(question: &str, without: &str) -> Result<(), CliError> {
    if !io::stdin().is_terminal() {
        return Err(CliError::misused(format!(
            "nothing was changed: there is no terminal to ask on. {without}"
        )));
    }
    // A yes to what nobody saw is none.
    let asked = io::stderr().write_all(format!("{question} Type yes: ").as_bytes());
    asked.map_err(|error| {
        CliError::failure(error).within("nothing was changed: the question cannot be shown")
    })?;
    let mut answer = String::new();
    io::stdin()
        .read_line(&mut answer)
        .map_err(CliError::failure)?;
    if answer.trim().eq_ignore_ascii_case("yes") {
        Ok(())
    } else {
        Err(CliError::refused("nothing was changed"))
    }
}

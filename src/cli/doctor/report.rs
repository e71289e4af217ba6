use std::{
    error::Error,
    io::{self, Write},
};

use serde::Serialize;

use crate::cli::{
    error::CliError,
    style::{BAD, FORMER, GOOD, PLAIN, is_coloured},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Status {
    #[serde(rename = "ok")]
    Ok,
    #[serde(rename = "warn")]
    Warn,
    #[serde(rename = "FAIL")]
    Fail,
}

/// One line of the report.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    #[serde(rename = "check")]
    name: String,
    pub(super) status: Status,
    pub(super) found: String,
    /// What to do; none where all is well.
    advice: Option<String>,
}

impl Check {
    pub(super) fn ok(name: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            name: one_line(&name.into()),
            status: Status::Ok,
            found: one_line(&found.into()),
            advice: None,
        }
    }

    pub(super) fn warn(
        name: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            status: Status::Warn,
            advice: Some(one_line(&advice.into())),
            ..Self::ok(name, found)
        }
    }

    pub(super) fn fail(
        name: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            status: Status::Fail,
            ..Self::warn(name, found, advice)
        }
    }
}

/// The error with its causes.
pub(super) fn reason(error: impl Error) -> String {
    CliError::failure(error).to_string()
}

/// Errors of others may have several lines.
fn one_line(text: &str) -> String {
    let lines: Vec<_> = text.split(char::is_control).map(str::trim).collect();
    lines.join(" ")
}

pub(super) fn print(checks: &[Check], json: bool) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    let written = if json {
        let text = serde_json::to_string_pretty(checks).map_err(CliError::failure)?;
        writeln!(out, "{text}")
    } else {
        checks
            .iter()
            .try_for_each(|check| print_line(&mut out, check))
    };
    written.map_err(CliError::unwritten)
}

fn print_line(out: &mut impl Write, check: &Check) -> io::Result<()> {
    let (status, style) = match check.status {
        Status::Ok => ("ok  ", GOOD),
        Status::Warn => ("warn", FORMER),
        Status::Fail => ("FAIL", BAD),
    };
    let style = if is_coloured() { style } else { PLAIN };
    write!(
        out,
        "{style}{status}{style:#}  {}: {}",
        check.name, check.found
    )?;
    match &check.advice {
        Some(advice) => writeln!(out, " -> {advice}"),
        None => writeln!(out),
    }
}

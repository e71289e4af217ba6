use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::{
    cli::{error::CliError, session::print, standard_error::tell},
    domain::{ImportOutcome, ImportedUser},
    usecases::accounts::RefusedLine,
};

/// What a line was read as.
pub(super) type Row<T> = Result<T, RefusedLine>;

/// Tells what becomes of the lines, on a terminal with a bar that shows how far
/// it is.
pub(super) struct Report {
    json: bool,
    dry_run: bool,
    bar: ProgressBar,
    imported: u64,
    already_there: u64,
    refused: u64,
}

/// A refused line as scripts read it.
#[derive(Serialize)]
struct Refusal<'a> {
    line: u64,
    username: Option<&'a str>,
    reason: &'a str,
}

/// What became of all lines, as scripts read it.
#[derive(Serialize)]
struct Counts {
    imported: u64,
    already_there: u64,
    refused: u64,
    dry_run: bool,
}

/// For a store that breaks its contract.
pub(super) fn unjudged() -> RefusedLine {
    RefusedLine {
        username: None,
        reason: "the database did not say what became of it".to_owned(),
    }
}

impl Report {
    /// `size` is how many bytes there are to read, where that is known.
    pub(super) fn begin(json: bool, dry_run: bool, size: Option<u64>) -> Self {
        Self {
            json,
            dry_run,
            bar: bar(size),
            imported: 0,
            already_there: 0,
            refused: 0,
        }
    }

    pub(super) fn advance(&self, bytes_read: u64) {
        self.bar.set_position(bytes_read);
        self.bar.set_message(format!(
            "{} imported, {} refused",
            self.imported, self.refused
        ));
    }

    pub(super) fn row(
        &mut self,
        line: u64,
        row: &Row<(ImportedUser, ImportOutcome)>,
    ) -> Result<(), CliError> {
        let (username, reason) = match row {
            Ok((imported, outcome)) => {
                let reason = match outcome {
                    ImportOutcome::Imported => {
                        self.imported += 1;
                        return Ok(());
                    }
                    ImportOutcome::AlreadyThere => {
                        self.already_there += 1;
                        return Ok(());
                    }
                    ImportOutcome::IdTaken => "another account has the id",
                    ImportOutcome::UsernameTaken => "another account has the username",
                    ImportOutcome::EmailTaken => "another account has the e-mail address",
                };
                (Some(imported.user.username.as_str()), reason)
            }
            Err(RefusedLine { username, reason }) => (username.as_deref(), reason.as_str()),
        };
        self.refused += 1;
        self.tell(&Refusal {
            line,
            username,
            reason,
        })
    }

    fn tell(&self, refusal: &Refusal<'_>) -> Result<(), CliError> {
        if self.json {
            let line = serde_json::to_string(refusal).map_err(CliError::failure)?;
            let told = self.bar.suspend(|| print(&line));
            return told.map_err(|error| {
                error.although(&format!(
                    "{} accounts {} imported until then: run the same command again to go on",
                    self.imported,
                    if self.dry_run { "can be" } else { "are" }
                ))
            });
        }
        let Refusal { line, reason, .. } = refusal;
        // Quoted: what could not be read as a username may hold anything.
        let name = refusal.username.map(|name| format!(", username {name:?}"));
        let name = name.unwrap_or_default();
        self.bar
            .suspend(|| tell(format_args!("line {line}{name}: {reason}")));
        Ok(())
    }

    /// The database failed: what was imported before stands.
    pub(super) fn interrupted(&self) {
        self.bar.finish_and_clear();
        if !self.dry_run {
            tell(format_args!(
                "signet: {} accounts were imported before this: run the same command again to go on",
                self.imported
            ));
        }
    }

    pub(super) fn end(self) -> Result<(), CliError> {
        let Self {
            imported,
            already_there,
            refused,
            dry_run,
            ..
        } = self;
        self.bar.finish_and_clear();
        let verb = if dry_run { "can be" } else { "are" };
        let done = format!(
            "{imported} accounts {verb} imported, {already_there} are there already, {refused} \
             lines are refused."
        );
        let shown = if self.json {
            let counts = Counts {
                imported,
                already_there,
                refused,
                dry_run,
            };
            print(&serde_json::to_string(&counts).map_err(CliError::failure)?)
        } else {
            print(&done)
        };
        shown.map_err(|error| {
            error.although(&format!("{done} Run the same command again to see which"))
        })?;
        if refused == 0 {
            Ok(())
        } else {
            Err(CliError::refused(format!("{refused} lines are refused")))
        }
    }
}

fn bar(size: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match size {
        Some(size) => (
            ProgressBar::new(size),
            "{bar:40} {percent}% {msg} ({eta} left)",
        ),
        None => (ProgressBar::no_length(), "{spinner} {msg}"),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

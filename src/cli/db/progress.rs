use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::adapters::database::CopyStep;

/// On a terminal, a bar that shows how far a copy is: half of the work is
/// writing, half is reading back.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn begin() -> Self {
        if !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::no_length();
        bar.set_draw_target(ProgressDrawTarget::stderr());
        let template = "{bar:40} {percent}% {msg} ({eta} left)";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(super) fn step(&self, step: CopyStep) {
        let (doing, table, rows) = match step {
            CopyStep::Counted(rows) => {
                self.0.set_length(rows.saturating_mul(2));
                return;
            }
            CopyStep::Written(table, rows) => ("copying", table, rows),
            CopyStep::ReadBack(table, rows) => ("verifying", table, rows),
        };
        self.0.set_message(format!("{doing} {table}"));
        self.0.inc(rows);
    }

    pub(super) fn end(self) {
        self.0.finish_and_clear();
    }
}

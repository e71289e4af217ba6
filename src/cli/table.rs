use super::{
    style::{HEADING, PLAIN, is_coloured, is_for_people},
    visible::visible,
};
use clap::builder::styling::Style;

/// A text of a table, and how it looks where colours are shown.
pub(super) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// What would end a line or a field is left out, and so is what would speak to a terminal.
    pub(super) fn new(text: impl AsRef<str>, style: Style) -> Self {
        let text = if is_for_people() {
            visible(text.as_ref())
        } else {
            text.as_ref().replace(char::is_control, " ")
        };
        Self { text, style }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, PLAIN)
    }
}

/// Texts in columns as wide as their widest cell, for people; a program reads a tab between
/// two of them.
pub(super) fn aligned<const COLUMNS: usize>(rows: Vec<[Cell; COLUMNS]>) -> String {
    if is_for_people() {
        Columns([0; COLUMNS]).part(&rows, is_coloured())
    } else {
        lines(rows)
    }
}

/// The same, and what a person is told of them.
pub(super) fn with_remark<const COLUMNS: usize>(
    rows: Vec<[Cell; COLUMNS]>,
    remark: &str,
) -> String {
    let mut text = aligned(rows);
    if is_for_people() {
        text += "\n\n";
        text += remark;
    }
    text
}

/// The same under headings, which programs need not skip.
pub(super) fn with_headings<const COLUMNS: usize>(
    headings: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [Cell; COLUMNS]>,
) -> String {
    let headings = is_for_people().then(|| heading(headings));
    aligned(headings.into_iter().chain(rows).collect())
}

/// A list, which may come in parts. A terminal shows columns under headings, which
/// widen where a later part wants it; a program reads lines of fields with a tab
/// between them.
pub(super) struct List<const COLUMNS: usize> {
    headings: Option<[&'static str; COLUMNS]>,
    columns: Columns<COLUMNS>,
}

impl<const COLUMNS: usize> List<COLUMNS> {
    pub(super) fn new(headings: [&'static str; COLUMNS]) -> Self {
        Self {
            headings: Some(headings),
            columns: Columns([0; COLUMNS]),
        }
    }

    /// The lines of further rows.
    pub(super) fn part(&mut self, rows: impl IntoIterator<Item = [Cell; COLUMNS]>) -> String {
        if !is_for_people() {
            return lines(rows);
        }
        let headings = self.headings.take().map(heading);
        let rows: Vec<_> = headings.into_iter().chain(rows).collect();
        self.columns.part(&rows, is_coloured()) + "\n"
    }
}

fn lines<const COLUMNS: usize>(rows: impl IntoIterator<Item = [Cell; COLUMNS]>) -> String {
    let rows = rows.into_iter();
    rows.map(|row| row.map(|cell| cell.text).join("\t") + "\n")
        .collect()
}

fn heading<const COLUMNS: usize>(headings: [&str; COLUMNS]) -> [Cell; COLUMNS] {
    headings.map(|heading| Cell::new(heading, HEADING))
}

/// The widths of columns.
struct Columns<const COLUMNS: usize>([usize; COLUMNS]);

impl<const COLUMNS: usize> Columns<COLUMNS> {
    fn part(&mut self, rows: &[[Cell; COLUMNS]], coloured: bool) -> String {
        for row in rows {
            for (width, cell) in self.0.iter_mut().zip(row) {
                *width = cell.text.chars().count().max(*width);
            }
        }
        let lines: Vec<_> = rows.iter().map(|row| self.line(row, coloured)).collect();
        lines.join("\n")
    }

    fn line(&self, row: &[Cell; COLUMNS], coloured: bool) -> String {
        // Nothing follows the last text, no space either.
        let last = row.iter().rposition(|cell| !cell.text.is_empty());
        let shown = row.iter().take(last.map_or(0, |last| last + 1));
        let mut line = String::new();
        let mut gap = 0;
        for (Cell { text, style }, width) in shown.zip(self.0) {
            line += &" ".repeat(gap);
            let dressed = coloured.then(|| format!("{style}{text}{style:#}"));
            line += dressed.as_ref().unwrap_or(text);
            gap = width - text.chars().count() + 2;
        }
        line
    }
}

/// Texts in columns as wide as their widest cell.
pub(super) fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    Table::new().part(rows)
}

/// A table that comes in parts: its columns widen where a later part wants it.
pub(super) struct Table<const COLUMNS: usize> {
    widths: [usize; COLUMNS],
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    pub(super) fn new() -> Self {
        Self {
            widths: [0; COLUMNS],
        }
    }

    pub(super) fn part(&mut self, rows: &[[String; COLUMNS]]) -> String {
        for row in rows {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let line = |row: &[String; COLUMNS]| {
            let cells: Vec<_> = row
                .iter()
                .zip(self.widths)
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

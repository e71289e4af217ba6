//! Copies a whole database into an empty one, of either kind.

mod checksum;
mod error;
mod reading;
mod source;
mod tables;
mod target;

use std::collections::VecDeque;

use self::{
    checksum::Checksum,
    reading::Reading,
    source::Source,
    tables::{Table, tables},
    target::Target,
};
use super::{Database, postgres::LongWork};
pub use error::CopyError;

/// How many rows are held, and written, at once. SQLite takes 32,766 values in
/// one statement.
const ROWS_AT_ONCE: usize = 1000;

/// A table that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    pub name: &'static str,
    pub rows: u64,
    /// Of all values of all rows, in 64 hex digits; the same for the same rows
    /// in either kind of database.
    pub checksum: String,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug)]
pub enum CopyStep {
    /// So many rows there are.
    Counted(u64),
    /// So many more rows of the table were written.
    Written(&'static str, u64),
    /// So many more rows of the table were read back.
    ReadBack(&'static str, u64),
}

/// Copies every row of the source, as it is at one moment, into the target,
/// whose schema it brings up to date first and whose tables must be empty. All
/// of it, and the reading back of what was written, is one transaction of the
/// target: whatever goes wrong leaves it without a row. A server that starts
/// there meanwhile waits for the end.
///
/// It is given up when one of them answers nobody any more, or lost the copy's
/// connection: the source until all of it is there, the target to the end. `source`
/// should be open for reading only.
pub async fn copy(
    source: &Database,
    target: &Database,
    progress: &mut (dyn FnMut(CopyStep) + Send),
) -> Result<Vec<CopiedTable>, CopyError> {
    let (tables, reading, writing) = (tables(), LongWork::default(), LongWork::default());
    let copying = async {
        let filling = Box::pin(fill(
            source,
            target,
            &tables,
            (&reading, &writing),
            progress,
        ));
        let filled = source.while_it_goes_on(&reading, filling).await;
        let (target, copied) = filled.map_err(CopyError::Silent)??;
        // However long this takes: the source's part is over.
        target.commit(&tables).await?;
        Ok(copied)
    };
    let copied = target.while_it_goes_on(&writing, Box::pin(copying)).await;
    copied.map_err(CopyError::Silent)?
}

/// Whether the database can be the source of a copy at all.
pub async fn check_source(source: &Database) -> Result<(), CopyError> {
    let (tables, reading) = (tables(), LongWork::default());
    let checking = async { Source::open(source, &tables, &reading).await?.close().await };
    let checked = source.while_it_goes_on(&reading, Box::pin(checking)).await;
    checked.map_err(CopyError::Silent)?
}

/// All that a copy is, but for the commit.
async fn fill(
    source: &Database,
    target: &Database,
    tables: &[Table],
    (reading, writing): (&LongWork, &LongWork),
    progress: &mut (dyn FnMut(CopyStep) + Send),
) -> Result<(Target, Vec<CopiedTable>), CopyError> {
    let source = Source::open(source, tables, reading).await?;
    let mut counts = VecDeque::new();
    for table in tables {
        counts.push_back(source.count(table).await?);
    }
    progress(CopyStep::Counted(counts.iter().sum()));
    let target = Target::begin(target, tables, writing).await?;
    let mut copied = Vec::new();
    for table in tables {
        let written = write(&source, &target, table, progress).await?;
        if Some(written.rows) != counts.pop_front() {
            return Err(CopyError::SourceChanged);
        }
        target.continue_numbers(table, &source).await?;
        copied.push(written);
    }
    for (table, written) in tables.iter().zip(&copied) {
        let there = read_back(&target, table, progress).await?;
        if there != *written {
            let written = written.clone();
            return Err(CopyError::Different { written, there });
        }
    }
    source.close().await?;
    Ok((target, copied))
}

async fn write(
    source: &Source<'_>,
    target: &Target,
    table: &Table,
    progress: &mut (dyn FnMut(CopyStep) + Send),
) -> Result<CopiedTable, CopyError> {
    let mut checksum = Checksum::default();
    let mut reading = Reading::begin(source.transaction(), table).await?;
    loop {
        let rows = reading.next().await?;
        if rows.is_empty() {
            break;
        }
        checksum.add(table, &rows)?;
        let count = rows.len() as u64;
        target.insert(table, rows).await?;
        progress(CopyStep::Written(table.name, count));
    }
    reading.end().await?;
    Ok(checksum.of(table))
}

async fn read_back(
    target: &Target,
    table: &Table,
    progress: &mut (dyn FnMut(CopyStep) + Send),
) -> Result<CopiedTable, CopyError> {
    let mut checksum = Checksum::default();
    let mut reading = Reading::begin(target.transaction(), table).await?;
    loop {
        let rows = reading.next().await?;
        if rows.is_empty() {
            break;
        }
        checksum.add(table, &rows)?;
        progress(CopyStep::ReadBack(table.name, rows.len() as u64));
    }
    reading.end().await?;
    Ok(checksum.of(table))
}

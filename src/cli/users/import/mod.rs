mod lines;
mod report;

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::PathBuf,
    time::Duration,
};

use clap::Args;

use self::{
    lines::{Line, Lines},
    report::{Report, Row},
};
use crate::{
    cli::{error::CliError, session::Session},
    config::Sources,
    domain::ImportedUser,
    ports::MOST_IMPORTED_AT_ONCE,
    usecases::{
        Initiator,
        accounts::{ImportMode, ImportUsers, NamesSoFar},
    },
};

pub(super) const EXAMPLES: &str = "\
Needs no master key. A line for each account, of which the username, the address and the hash are needed:
  {\"id\",\"username\",\"email\",\"password_hash\",\"roles\",\"status\",\"display_name\",\"date_registered\"}

Password hashes are of bcrypt or Argon2, or what `signet users export` wrote. An account without an id
gets one. Lines that are refused are told and leave the others alone. An import that was interrupted goes on when it is run again.

Examples:
  signet users import users.jsonl --dry-run
  pg_dump_of_users | signet users import - --json > report.jsonl";

/// Between two batches: SQLite hands its lock to whoever asks next, and the
/// writes of running servers are to find it free.
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Args)]
pub(in crate::cli) struct ImportArgs {
    /// The file, or `-` for standard input
    file: PathBuf,
    /// Check every line, against the database too, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print each refused line, and the counts at the end, as JSON lines
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(sources: &Sources, args: &ImportArgs) -> Result<(), CliError> {
    let (input, size) = open(args)?;
    let session = Session::open(sources).await?;
    let importing = Importing {
        import: session.ports.import_users(&session.config),
        mode: if args.dry_run {
            ImportMode::DryRun
        } else {
            ImportMode::Import
        },
        names: NamesSoFar::default(),
        report: Report::begin(args.json, args.dry_run, size),
    };
    let report = importing.run(Lines::new(BufReader::new(input))).await?;
    session.close().await?;
    report.end()
}

/// Opens the input and tells its size, where it has one.
fn open(args: &ImportArgs) -> Result<(Box<dyn Read>, Option<u64>), CliError> {
    if args.file.as_os_str() == "-" {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let opened = File::open(&args.file).and_then(|file| {
        let metadata = file.metadata()?;
        let size = metadata.is_file().then_some(metadata.len());
        Ok((Box::new(file) as Box<dyn Read>, size))
    });
    opened.map_err(|error| {
        let file = args.file.display();
        CliError::misused(format!("cannot read {file}: {error}"))
    })
}

struct Importing {
    import: ImportUsers,
    mode: ImportMode,
    names: NamesSoFar,
    report: Report,
}

impl Importing {
    async fn run(mut self, mut lines: Lines<impl io::BufRead>) -> Result<Report, CliError> {
        let mut batch = Vec::new();
        let mut number = 0;
        let unreadable = |number, error| {
            CliError::misused(format!("cannot read on after line {number}: {error}"))
        };
        while let Some(line) = lines.next().map_err(|error| unreadable(number, error))? {
            number += 1;
            if let Some(row) = self.read(&line, number) {
                batch.push((number, row));
            }
            if batch.len() == MOST_IMPORTED_AT_ONCE {
                self.settle(&mut batch).await?;
                self.report.advance(lines.bytes_read());
                if self.mode == ImportMode::Import {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        self.settle(&mut batch).await?;
        self.report.advance(lines.bytes_read());
        Ok(self.report)
    }

    /// None for an empty line.
    fn read(&mut self, line: &Line<'_>, number: u64) -> Option<Row<ImportedUser>> {
        match line {
            Line::Text(text) if text.trim_ascii().is_empty() => None,
            Line::Text(text) => Some(self.import.read(text, number, &mut self.names)),
            Line::TooLong => Some(Err(lines::too_long())),
        }
    }

    /// Imports what can be, and reports the lines in their order.
    async fn settle(&mut self, batch: &mut Vec<(u64, Row<ImportedUser>)>) -> Result<(), CliError> {
        let users: Vec<_> = batch
            .iter()
            .filter_map(|(_, row)| row.as_ref().ok().cloned())
            .collect();
        let by = Initiator::command_line();
        let outcomes = self.import.run(&by, &users, self.mode).await;
        let outcomes = outcomes.map_err(|error| {
            self.report.interrupted();
            CliError::failure(error)
        })?;
        let mut judged = users.into_iter().zip(outcomes);
        for (number, row) in batch.drain(..) {
            let row = row.and_then(|_| judged.next().ok_or_else(report::unjudged));
            self.report.row(number, &row)?;
        }
        Ok(())
    }
}

use std::time::Duration;

use sea_orm::DbErr;
use thiserror::Error;

use super::CopiedTable;
use crate::adapters::database::SchemaError;

/// Why nothing was copied: the target has no row more than before.
#[derive(Debug, Error)]
pub enum CopyError {
    #[error("the source is no database of Signet: it has none of its tables")]
    SourceForeign,
    #[error(
        "the source lacks migrations ({}): stop its servers and run `signet migrate` on it first, \
         with SIGNET_DATABASE_URL naming it",
        .0.join(", ")
    )]
    SourceOutdated(Vec<String>),
    #[error("the source: {0}")]
    SourceSchema(#[source] SchemaError),
    #[error(
        "something wrote to the source while it was copied, and nothing was copied: stop its \
         servers, and copy again"
    )]
    SourceChanged,
    #[error(
        "others keep a table of the source for themselves, and did not let go of it within \
         {waited:?} (the longest of them: {holder}): copy again when it is done, as a migration or \
         a copy into it is at some time"
    )]
    SourceInUse { waited: Duration, holder: String },
    #[error("the target: {0}")]
    TargetSchema(#[source] SchemaError),
    #[error(
        "the target holds rows already (in {}) and was left as it is: copy into an empty database",
        .0.join(", ")
    )]
    TargetNotEmpty(Vec<&'static str>),
    #[error(
        "the target is in use: stop its servers, and whatever else works on it, and copy again"
    )]
    TargetInUse,
    #[error("cannot read the table {table}, and nothing was copied")]
    Unread {
        table: &'static str,
        #[source]
        error: DbErr,
    },
    #[error("cannot write the table {table}, and nothing was copied")]
    Unwritten {
        table: &'static str,
        #[source]
        error: DbErr,
    },
    #[error(
        "the table {} was read back as {} rows with the checksum {}, and not as the {} rows with \
         the checksum {} that were written: nothing was copied",
        .there.name, .there.rows, .there.checksum, .written.rows, .written.checksum
    )]
    Different {
        written: CopiedTable,
        there: CopiedTable,
    },
    /// Whether its rows are there has to be looked up.
    #[error(
        "the target did not say whether the copy was committed: copy again, which is refused where \
         it was"
    )]
    Uncommitted(#[source] DbErr),
    /// Likewise.
    #[error(
        "one of the databases does not answer any more: copy again when it does, which is refused \
         where the copy was committed after all"
    )]
    Silent(#[source] DbErr),
}

impl CopyError {
    /// Whether nothing failed: it may not be done, or not yet.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::SourceForeign
            | Self::SourceOutdated(_)
            | Self::SourceChanged
            | Self::SourceInUse { .. }
            | Self::TargetNotEmpty(_)
            | Self::TargetInUse => true,
            Self::SourceSchema(error) | Self::TargetSchema(error) => {
                matches!(
                    error,
                    SchemaError::Newer(_)
                        | SchemaError::Pending(_)
                        | SchemaError::Locked { .. }
                        | SchemaError::InUse { .. }
                )
            }
            Self::Unread { .. }
            | Self::Unwritten { .. }
            | Self::Different { .. }
            | Self::Uncommitted(_)
            | Self::Silent(_) => false,
        }
    }
}

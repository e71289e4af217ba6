use std::fmt;

use sea_orm::{DbErr, Value};
use sha2::{Digest, Sha256};

use super::{
    CopiedTable, CopyError,
    tables::{Row, Table},
};

/// The sum of the rows' SHA-256: it does not depend on their order, of which
/// two databases may think differently. It finds what went wrong, not what
/// someone forged.
#[derive(Default)]
pub(super) struct Checksum {
    rows: u64,
    halves: [u128; 2],
}

impl Checksum {
    pub(super) fn add(&mut self, table: &Table, rows: &[Row]) -> Result<(), CopyError> {
        for row in rows {
            let digest = digest(row).map_err(|error| CopyError::Unread {
                table: table.name,
                error,
            })?;
            for (sum, half) in self.halves.iter_mut().zip(digest) {
                *sum = sum.wrapping_add(half);
            }
        }
        self.rows += rows.len() as u64;
        Ok(())
    }

    pub(super) fn of(&self, table: &Table) -> CopiedTable {
        CopiedTable {
            name: table.name,
            rows: self.rows,
            checksum: self.to_string(),
        }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.halves;
        write!(f, "{first:032x}{second:032x}")
    }
}

/// Each value is told apart by its kind and its length.
fn digest(row: &Row) -> Result<[u128; 2], DbErr> {
    let mut hash = Sha256::new();
    for value in row {
        match value {
            Value::String(Some(text)) => sized(&mut hash, 1, text.as_bytes()),
            Value::Bytes(Some(bytes)) => sized(&mut hash, 2, bytes),
            Value::BigInt(Some(number)) => sized(&mut hash, 3, &number.to_be_bytes()),
            Value::SmallInt(Some(number)) => {
                sized(&mut hash, 3, &i64::from(*number).to_be_bytes());
            }
            Value::ChronoDateTimeUtc(Some(at)) => {
                sized(&mut hash, 4, &at.timestamp_micros().to_be_bytes());
            }
            Value::String(None)
            | Value::Bytes(None)
            | Value::BigInt(None)
            | Value::SmallInt(None)
            | Value::ChronoDateTimeUtc(None) => sized(&mut hash, 0, &[]),
            _ => {
                let reason = "a column is of a kind that is not copied";
                return Err(DbErr::Type(reason.to_owned()));
            }
        }
    }
    let digest: [u8; 32] = hash.finalize().into();
    let (first, second) = digest.split_at(16);
    Ok([first, second].map(|half| half.iter().fold(0, |n, byte| n << 8 | u128::from(*byte))))
}

fn sized(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

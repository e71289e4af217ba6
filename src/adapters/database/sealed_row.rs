//! Rows that hold a sealed secret, read column by column, so that what cannot
//! be read back is named.

use std::{fmt, str::FromStr};

use chrono::Datelike;
use sea_orm::{QueryResult, TryGetable};

use super::error::Row;
use crate::{
    domain::{Envelope, Timestamp},
    ports::StorageError,
};

#[derive(Clone, Copy)]
pub(super) struct SealedRow<'a> {
    row: &'a QueryResult,
    named: Row<'a>,
}

/// The column that names the row.
pub(super) fn id_of<T: TryGetable>(
    row: &QueryResult,
    table: &'static str,
    column: &'static str,
) -> Result<T, StorageError> {
    let id = "unknown";
    let unknown = Row { table, id };
    row.try_get("", column)
        .map_err(|e| unknown.corrupt(column, e))
}

impl<'a> SealedRow<'a> {
    pub(super) fn new(row: &'a QueryResult, table: &'static str, id: &'a str) -> Self {
        let named = Row { table, id };
        Self { row, named }
    }

    pub(super) fn corrupt(self, column: &'static str, reason: impl fmt::Display) -> StorageError {
        self.named.corrupt(column, reason)
    }

    pub(super) fn get<T: TryGetable>(self, column: &'static str) -> Result<T, StorageError> {
        let value = self.row.try_get("", column);
        value.map_err(|e| self.corrupt(column, e))
    }

    pub(super) fn parse<T: FromStr<Err: fmt::Display>>(
        self,
        column: &'static str,
    ) -> Result<T, StorageError> {
        let text: String = self.get(column)?;
        text.parse().map_err(|e| self.corrupt(column, e))
    }

    pub(super) fn date(self, column: &'static str) -> Result<Timestamp, StorageError> {
        self.checked(column, self.get(column)?)
    }

    pub(super) fn optional_date(
        self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, StorageError> {
        let date: Option<Timestamp> = self.get(column)?;
        date.map(|date| self.checked(column, date)).transpose()
    }

    /// The year 9999 is the last that RFC 3339 can write; far beyond it, adding
    /// to a date fails.
    fn checked(self, column: &'static str, date: Timestamp) -> Result<Timestamp, StorageError> {
        if (1970..=9999).contains(&date.year()) {
            Ok(date)
        } else {
            Err(self.corrupt(column, "is not between the years 1970 and 9999"))
        }
    }

    pub(super) fn envelope(self) -> Result<Envelope, StorageError> {
        let format_version: i16 = self.get("format_version")?;
        Ok(Envelope {
            format_version: u16::try_from(format_version)
                .map_err(|e| self.corrupt("format_version", e))?,
            master_key_id: self.parse("master_key_id")?,
            wrapped_data_key: self.bytes("wrapped_data_key")?,
            nonce: self.bytes("nonce")?,
            ciphertext: self.get("ciphertext")?,
        })
    }

    fn bytes<const N: usize>(self, column: &'static str) -> Result<[u8; N], StorageError> {
        let bytes: Vec<u8> = self.get(column)?;
        let wrong = |_| self.corrupt(column, format_args!("not {N} bytes"));
        bytes.try_into().map_err(wrong)
    }
}

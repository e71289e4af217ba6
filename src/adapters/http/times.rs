//! Times in queries.

use chrono::{DateTime, Datelike, Utc};

use super::problem::Problem;
use crate::usecases::FieldError;

/// Times as RFC 3339 has them, with years of four digits: stored ones are
/// compared as texts.
pub(super) fn check_times<const TIMES: usize>(
    times: [(&'static str, Option<DateTime<Utc>>); TIMES],
) -> Result<(), Problem> {
    let errors: Vec<_> = times
        .into_iter()
        .filter(|(_, time)| time.is_some_and(|time| !(1..=9999).contains(&time.year())))
        .map(|(name, _)| FieldError::new(name, "must be in the years 0001 to 9999"))
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid_fields(errors))
    }
}

//! Lists in pages: `limit` and `cursor` in the query, `items` and
//! `next_cursor` in the answer.

use std::{fmt::Display, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use poem_openapi::{
    Object,
    types::{Example, ParseFromJSON, ToJSON, Type},
};

use super::{examples::CURSOR, nullable::Nullable, problem::Problem};
use crate::{
    domain::{Page, PageRequest, PageSize, Position, Timestamp},
    usecases::FieldError,
};

/// A part of a list.
#[derive(Object)]
#[oai(example)]
pub(super) struct PageOf<T: Example + ParseFromJSON + ToJSON + Type> {
    /// What is in this part.
    items: Vec<T>,
    /// Sent as `cursor` it asks for the next part; null when this is the last one.
    next_cursor: Nullable<String>,
}

impl<T: Example + ParseFromJSON + ToJSON + Type> PageOf<T> {
    pub(super) fn new<U, Id: Display>(page: Page<U, Id>, item: impl FnMut(U) -> T) -> Self {
        Self {
            next_cursor: page.next.as_ref().map(cursor).into(),
            items: page.items.into_iter().map(item).collect(),
        }
    }
}

impl<T: Example + ParseFromJSON + ToJSON + Type> Example for PageOf<T> {
    fn example() -> Self {
        Self {
            items: vec![T::example()],
            next_cursor: Some(CURSOR.to_owned()).into(),
        }
    }
}

/// Reads `limit` and `cursor`.
pub(super) fn request<Id: FromStr>(
    limit: Option<u32>,
    cursor: Option<&str>,
) -> Result<PageRequest<Id>, Problem> {
    let size = limit.map_or(Some(PageSize::default()), PageSize::new);
    let mut errors = Vec::new();
    if size.is_none() {
        errors.push(FieldError::new("limit", "must be 1 to 100"));
    }
    let after = match cursor.map(position) {
        None => None,
        Some(None) => {
            errors.push(FieldError::new("cursor", "is not a `next_cursor`"));
            None
        }
        Some(found) => found,
    };
    match size {
        Some(size) if errors.is_empty() => Ok(PageRequest { size, after }),
        _ => Err(Problem::invalid_fields(errors)),
    }
}

/// Its form is nobody's business: it may change.
fn cursor<Id: Display>(position: &Position<Id>) -> String {
    let text = format!("{}.{}", position.at.timestamp_micros(), position.id);
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn position<Id: FromStr>(cursor: &str) -> Option<Position<Id>> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (micros, id) = std::str::from_utf8(&text).ok()?.split_once('.')?;
    Some(Position {
        at: Timestamp::from_timestamp_micros(micros.parse().ok()?)?,
        id: id.parse().ok()?,
    })
}

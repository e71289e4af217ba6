use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

use super::RefusedLine;
use crate::usecases::{FieldError, FieldErrors, UniqueFields};

/// The fields of a line of JSON, which are taken out one by one, and what is
/// wrong with them. Null counts as absent where a field may be.
pub(super) struct LineFields {
    values: Map<String, Value>,
    errors: FieldErrors,
}

impl LineFields {
    /// How many unknown fields are named: a line may hold thousands.
    const UNKNOWN_TOLD: usize = 8;

    pub(super) fn read(line: &[u8]) -> Result<Self, RefusedLine> {
        let refused = |reason: String| RefusedLine {
            username: None,
            reason,
        };
        // Of another value, the parser's error would show what it is.
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err(refused("it is not a JSON object".to_owned()));
        }
        let UniqueFields(values) = serde_json::from_slice(line).map_err(|error| {
            let (column, text) = (error.column(), error.to_string());
            let text = text.split(" at line ").next().unwrap_or_default();
            refused(format!(
                "it is not a JSON object: {text} at column {column}"
            ))
        })?;
        Ok(Self {
            values,
            errors: FieldErrors::default(),
        })
    }

    /// Shows a text without taking it out.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_str()
    }

    pub(super) fn required<T: FromStr<Err: fmt::Display>>(
        &mut self,
        name: &'static str,
    ) -> Option<T> {
        let text = match self.values.remove(name) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err("must be a string"),
            None => Err("is required"),
        };
        let text = self.errors.take(name, text)?;
        self.errors.parse(name, &text)
    }

    pub(super) fn optional<T: FromStr<Err: fmt::Display>>(
        &mut self,
        name: &'static str,
    ) -> Option<T> {
        if self.values.get(name).is_some_and(|value| !value.is_null()) {
            return self.required(name);
        }
        self.values.remove(name);
        None
    }

    /// An array of texts that may be absent.
    pub(super) fn optional_of_texts<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&[String]) -> Result<T, E>,
    ) -> Option<T> {
        let text = |item: Value| match item {
            Value::String(text) => Some(text),
            _ => None,
        };
        let texts: Option<Vec<_>> = match self.values.remove(name) {
            None | Some(Value::Null) => return None,
            Some(Value::Array(items)) => items.into_iter().map(text).collect(),
            Some(_) => None,
        };
        let texts = texts.ok_or("must be an array of strings");
        let texts = self.errors.take(name, texts)?;
        self.errors.take(name, parse(&texts))
    }

    /// What was made of the fields, unless something was wrong or is left over.
    pub(super) fn finish<T>(self, made: Option<T>) -> Result<T, Vec<FieldError>> {
        let unknown: Vec<_> = self
            .values
            .keys()
            .take(Self::UNKNOWN_TOLD)
            .map(|name| FieldError {
                field: RefusedLine::clip(name).escape_debug().to_string().into(),
                message: "is not a field of an account".to_owned(),
            })
            .collect();
        match self.errors.finish(made) {
            Ok(made) if unknown.is_empty() => Ok(made),
            Ok(_) => Err(unknown),
            Err(errors) => Err([errors, unknown].concat()),
        }
    }
}

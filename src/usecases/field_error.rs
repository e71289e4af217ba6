use std::{borrow::Cow, fmt, str::FromStr};

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: Cow<'static, str>,
    /// Completes the field's name to a sentence: "must have 3 to 64 characters".
    pub message: String,
}

impl FieldError {
    pub fn new(field: &'static str, message: impl fmt::Display) -> Self {
        Self {
            field: Cow::Borrowed(field),
            message: message.to_string(),
        }
    }
}

/// Parses all fields before refusing, so that the caller learns all at once.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// `None` only when the error was noted.
    pub fn parse<T: FromStr<Err: fmt::Display>>(
        &mut self,
        field: &'static str,
        text: &str,
    ) -> Option<T> {
        self.take(field, text.parse())
    }

    /// `None` only when the error was noted.
    pub fn take<T, E: fmt::Display>(
        &mut self,
        field: &'static str,
        result: Result<T, E>,
    ) -> Option<T> {
        result
            .map_err(|error| self.0.push(FieldError::new(field, error)))
            .ok()
    }

    /// What was parsed, unless something was wrong.
    pub fn finish<T>(self, parsed: Option<T>) -> Result<T, Vec<FieldError>> {
        match parsed {
            Some(parsed) if self.0.is_empty() => Ok(parsed),
            _ => Err(self.0),
        }
    }
}

use std::{borrow::Cow, fmt};

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

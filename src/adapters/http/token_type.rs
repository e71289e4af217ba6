use poem_openapi::Enum;

/// How a token is presented (RFC 6749 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum TokenType {
    Bearer,
}

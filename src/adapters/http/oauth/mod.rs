//! The endpoints of OAuth 2.0, in the forms of its RFCs. They alone do not
//! answer with problem details but as RFC 6749 §5.2 says.

mod audience;
mod client;
mod error;
mod form;
mod introspection;
mod metadata;
mod revocation;
mod token;

pub(super) use error::render;
pub(super) use introspection::IntrospectionApi;
pub(super) use metadata::MetadataApi;
pub(super) use revocation::RevocationApi;
pub(super) use token::TokenApi;

pub(super) const TOKEN: &str = "/token";
pub(super) const REVOKE: &str = "/revoke";
pub(super) const INTROSPECT: &str = "/introspect";

/// Whether refusals of this path are in OAuth's form.
pub(super) fn answers_as_oauth(path: &str) -> bool {
    [TOKEN, REVOKE, INTROSPECT].contains(&path)
}

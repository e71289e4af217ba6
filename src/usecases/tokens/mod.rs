//! Tokens that come back: presented, asked about, revoked.

mod authorize_admin;
mod authorize_user;
mod inspect_token;
mod introspect_token;
mod revoke_token;

pub use authorize_admin::{AuthorizeAdmin, AuthorizeAdminError};
pub use authorize_user::{AuthorizeUser, AuthorizeUserError, AuthorizedUser};
pub use inspect_token::{AuthenticToken, InspectToken, InvalidToken, TokenHolder};
pub use introspect_token::{IntrospectToken, TokenDescription};
pub use revoke_token::{RevokeToken, RevokeTokenError};

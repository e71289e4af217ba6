//! Invites: who may register where registration is not for everyone.

mod create_invite;
mod delete_invite;
mod list_invites;

pub use create_invite::{CreateInvite, CreatedInvite};
pub use delete_invite::DeleteInvite;
pub use list_invites::ListInvites;

//! The closed sets of an audit event, as answers name them.

use std::borrow::Cow;

use poem_openapi::{
    Enum,
    registry::{MetaSchemaRef, Registry},
    types::{ParseFromParameter, ParseResult, Type},
};

use crate::{
    adapters::http::own_type::is_its_own_raw_value,
    domain::{AuditAction, AuditTarget},
};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "AuditAction")]
pub(super) enum AuditActionName {
    #[oai(rename = "user.register")]
    Register,
    #[oai(rename = "user.create")]
    CreateUser,
    #[oai(rename = "user.import")]
    ImportUser,
    #[oai(rename = "user.update")]
    UpdateUser,
    #[oai(rename = "user.delete")]
    DeleteUser,
    #[oai(rename = "user.change_password")]
    ChangePassword,
    #[oai(rename = "user.reset_password")]
    ResetPassword,
    #[oai(rename = "user.end_sessions")]
    EndSessions,
    #[oai(rename = "invite.create")]
    CreateInvite,
    #[oai(rename = "invite.delete")]
    DeleteInvite,
    #[oai(rename = "client.create")]
    CreateClient,
    #[oai(rename = "client.delete")]
    DeleteClient,
    #[oai(rename = "key.rotate")]
    RotateKey,
    #[oai(rename = "key.revoke")]
    RevokeKey,
    #[oai(rename = "key.import")]
    ImportKey,
    #[oai(rename = "refresh_key.rotate")]
    RotateRefreshKey,
    #[oai(rename = "refresh_key.revoke")]
    RevokeRefreshKeys,
    #[oai(rename = "master_key.rotate")]
    RotateMasterKey,
}

/// What a query names as an action, before anybody has looked whether it is one: the
/// words of a derived parser would be about types.
pub(super) struct AskedAction(pub(super) String);

/// What it was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "AuditTargetKind", rename_all = "snake_case")]
pub(super) enum AuditTargetKind {
    User,
    Invite,
    Client,
    Key,
    RefreshKey,
    MasterKey,
}

impl From<AuditAction> for AuditActionName {
    fn from(action: AuditAction) -> Self {
        match action {
            AuditAction::Register => Self::Register,
            AuditAction::CreateUser => Self::CreateUser,
            AuditAction::ImportUser => Self::ImportUser,
            AuditAction::UpdateUser => Self::UpdateUser,
            AuditAction::DeleteUser => Self::DeleteUser,
            AuditAction::ChangePassword => Self::ChangePassword,
            AuditAction::ResetPassword => Self::ResetPassword,
            AuditAction::EndSessions => Self::EndSessions,
            AuditAction::CreateInvite => Self::CreateInvite,
            AuditAction::DeleteInvite => Self::DeleteInvite,
            AuditAction::CreateClient => Self::CreateClient,
            AuditAction::DeleteClient => Self::DeleteClient,
            AuditAction::RotateKey => Self::RotateKey,
            AuditAction::RevokeKey => Self::RevokeKey,
            AuditAction::ImportKey => Self::ImportKey,
            AuditAction::RotateRefreshKey => Self::RotateRefreshKey,
            AuditAction::RevokeRefreshKeys => Self::RevokeRefreshKeys,
            AuditAction::RotateMasterKey => Self::RotateMasterKey,
        }
    }
}

impl From<&AuditTarget> for AuditTargetKind {
    fn from(target: &AuditTarget) -> Self {
        match target {
            AuditTarget::User(_) => Self::User,
            AuditTarget::Invite(_) => Self::Invite,
            AuditTarget::Client(_) => Self::Client,
            AuditTarget::Key(_) => Self::Key,
            AuditTarget::RefreshKey(_) => Self::RefreshKey,
            AuditTarget::MasterKey(_) => Self::MasterKey,
        }
    }
}

impl Type for AskedAction {
    is_its_own_raw_value!();

    fn name() -> Cow<'static, str> {
        AuditActionName::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        AuditActionName::schema_ref()
    }

    fn register(registry: &mut Registry) {
        AuditActionName::register(registry);
    }
}

impl ParseFromParameter for AskedAction {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        Ok(Self(value.to_owned()))
    }
}

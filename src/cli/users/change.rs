use clap::Args;

use super::{UserArgs, find, invalid, last_admin, show::print_user, unknown};
use crate::{
    cli::{error::CliError, session::Session},
    config::Sources,
    domain::{AccountStatus, Role, RolesUpdate, UserUpdate},
    usecases::{Initiator, accounts::ChangeUserError},
};

#[derive(Args)]
pub(in crate::cli) struct RoleArgs {
    #[command(flatten)]
    user: UserArgs,
    /// 1 to 64 letters, digits and . _ : -; `admin` may administer this server
    role: Role,
}

pub(super) async fn disable(sources: &Sources, args: &UserArgs) -> Result<(), CliError> {
    set_status(sources, args, AccountStatus::Disabled).await
}

pub(super) async fn enable(sources: &Sources, args: &UserArgs) -> Result<(), CliError> {
    set_status(sources, args, AccountStatus::Active).await
}

pub(super) async fn grant(sources: &Sources, args: &RoleArgs) -> Result<(), CliError> {
    set_roles(sources, args, RolesUpdate::Grant).await
}

pub(super) async fn revoke(sources: &Sources, args: &RoleArgs) -> Result<(), CliError> {
    set_roles(sources, args, RolesUpdate::Revoke).await
}

async fn set_status(
    sources: &Sources,
    args: &UserArgs,
    status: AccountStatus,
) -> Result<(), CliError> {
    let update = UserUpdate {
        status: Some(status),
        ..UserUpdate::default()
    };
    apply(sources, args, update).await
}

async fn set_roles(
    sources: &Sources,
    args: &RoleArgs,
    change: fn(Role) -> RolesUpdate,
) -> Result<(), CliError> {
    let update = UserUpdate {
        roles: Some(change(args.role.clone())),
        ..UserUpdate::default()
    };
    apply(sources, &args.user, update).await
}

/// Changes the account and shows what became of it.
async fn apply(sources: &Sources, args: &UserArgs, update: UserUpdate) -> Result<(), CliError> {
    let session = Session::open(sources).await?;
    let user = find(&session, &args.name).await?;
    let change = session.ports.update_user();
    let by = Initiator::command_line();
    let changed = change.apply(&by, user.id, &update).await;
    let changed = changed.map_err(|error| refused(error, &args.name))?;
    session.close().await?;
    print_user(args.json, &changed).map_err(|error| {
        error.although(&format!(
            "Account {0} is changed: `signet users show {0}` shows it",
            changed.username
        ))
    })
}

fn refused(error: ChangeUserError, name: &str) -> CliError {
    match error {
        ChangeUserError::Invalid(errors) => invalid(&errors),
        ChangeUserError::NotFound => unknown(name),
        ChangeUserError::LastAdmin => last_admin(),
        ChangeUserError::EmailTaken => CliError::refused(error.to_string()),
        ChangeUserError::Storage(error) => CliError::failure(error),
    }
}

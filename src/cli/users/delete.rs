use clap::Args;
use serde_json::json;

use super::{UserArgs, find, last_admin, unknown};
use crate::{
    cli::{
        confirm::confirm,
        error::CliError,
        session::{Session, report},
        visible::visible,
    },
    config::Sources,
    domain::User,
    ports::DeleteUserError,
    usecases::Initiator,
};

#[derive(Args)]
pub(in crate::cli) struct DeleteArgs {
    #[command(flatten)]
    user: UserArgs,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(sources: &Sources, args: &DeleteArgs) -> Result<(), CliError> {
    let name = &args.user.name;
    let session = Session::open(sources).await?;
    let user = find(&session, name).await?;
    if !args.yes {
        confirm_deletion(&user)?;
    }
    let delete = session.ports.delete_user();
    let deleted = delete.run(&Initiator::command_line(), user.id).await;
    deleted.map_err(|error| refused(error, name))?;
    session.close().await?;
    let done = format!(
        "Account {} ({}) is deleted with its sessions",
        user.username, user.id
    );
    report(
        args.user.json,
        &json!({ "id": user.id.to_string(), "deleted": true }),
        &format!(
            "{done}. Services that only verify signatures accept its access tokens until they \
             expire."
        ),
        &format!("{done}: there is nothing more to do"),
    )
}

fn confirm_deletion(user: &User) -> Result<(), CliError> {
    let account = format!(
        "account {} ({}, {})",
        user.username,
        visible(user.email.as_str()),
        user.id
    );
    confirm(
        &format!("Delete {account}?"),
        &format!("If {account} is to be deleted, say --yes"),
    )
}

fn refused(error: DeleteUserError, name: &str) -> CliError {
    match error {
        DeleteUserError::NotFound => unknown(name),
        DeleteUserError::PasswordChanged => CliError::refused(error.to_string()),
        DeleteUserError::LastAdmin => last_admin(),
        DeleteUserError::Storage(error) => CliError::failure(error),
    }
}

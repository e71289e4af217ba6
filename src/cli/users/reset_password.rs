use super::{UserArgs, find, print_password, unknown};
use crate::{
    cli::{error::CliError, session::Session},
    config::Sources,
    usecases::{Initiator, accounts::ResetPasswordError},
};

pub(super) async fn run(sources: &Sources, args: &UserArgs) -> Result<(), CliError> {
    let session = Session::open(sources).await?;
    let user = find(&session, &args.name).await?;
    let reset = session.ports.reset_password();
    let password = reset.run(&Initiator::command_line(), user.id).await;
    let password = password.map_err(|error| refused(error, &args.name))?;
    // The password is shown before anything else can fail.
    let done = format!("Account {} has a new password", user.username);
    print_password(args.json, user.id, &user.username, &password, &done)?;
    session.close().await
}

fn refused(error: ResetPasswordError, name: &str) -> CliError {
    match error {
        ResetPasswordError::NotFound => unknown(name),
        ResetPasswordError::Hash(error) => CliError::failure(error),
        ResetPasswordError::Storage(error) => CliError::failure(error),
    }
}

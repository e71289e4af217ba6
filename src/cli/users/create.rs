use clap::Args;

use super::{invalid, print_password};
use crate::{
    cli::{error::CliError, session::Session},
    config::Sources,
    usecases::{
        Initiator,
        accounts::{CreateUserError, CreatedUser, NewAccount},
    },
};

pub(super) const EXAMPLES: &str = "\
Needs no master key. The password is stored hashed: it cannot be shown again.

Examples:
  signet users create ada --email ada@example.com --role admin
  signet users create bob --email bob@example.com --json | jq -r .password";

#[derive(Args)]
pub(in crate::cli) struct CreateArgs {
    /// What the account logs in with: 3 to 64 letters, digits and . _ - @ +
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    name: String,
    /// Its owner's e-mail address
    #[arg(long)]
    email: String,
    /// What people call its owner
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// A role that it has, the option again for several: `admin` may administer this server
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(sources: &Sources, args: &CreateArgs) -> Result<(), CliError> {
    let session = Session::open(sources).await?;
    let account = NewAccount {
        username: args.name.clone(),
        email: args.email.clone(),
        display_name: args.display_name.clone(),
        roles: args.role.clone(),
    };
    let create = session.ports.create_user();
    let created = create.run(&Initiator::command_line(), &account).await;
    let CreatedUser { user, password } = created.map_err(|error| refused(&error, args))?;
    // The password is shown before anything else can fail.
    let done = format!("Account {} is made", user.username);
    print_password(args.json, user.id, &user.username, &password, &done)?;
    session.close().await
}

fn refused(error: &CreateUserError, args: &CreateArgs) -> CliError {
    match error {
        CreateUserError::Invalid(errors) => invalid(errors),
        CreateUserError::UsernameTaken => CliError::refused(format!(
            "there is an account {} already, whatever its case",
            args.name
        )),
        CreateUserError::EmailTaken => CliError::refused(format!(
            "another account has the e-mail address {}, whatever its case",
            args.email
        )),
        CreateUserError::Hash(error) => CliError::failure(error),
        CreateUserError::Storage(error) => CliError::failure(error),
    }
}

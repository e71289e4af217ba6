//! `signet users`: one file per command. They work on the database directly,
//! by the use cases of the admin API.

mod change;
mod create;
mod delete;
mod export;
mod import;
mod list;
mod reset_password;
mod show;

use chrono::SecondsFormat;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    error::CliError,
    session::{Session, report},
    table::with_remark,
};
use crate::{
    config::Sources,
    domain::{DisplayName, Password, Timestamp, User, UserId, Username},
    usecases::FieldError,
};

pub(super) const EXAMPLES: &str = "\
Examples:
  signet users create ada --email ada@example.com --role admin
  signet users list --status disabled";

const SHOW: &str = "\
Example:
  signet users show ada --json | jq -r .id";

const DISABLE: &str = "\
Access tokens that are out are good until they expire, where services do not ask the server.

Example:
  signet users disable ada";

const ENABLE: &str = "\
Example:
  signet users enable ada";

const DELETE: &str = "\
Example:
  signet users delete ada --yes";

const RESET_PASSWORD: &str = "\
Example:
  signet users reset-password ada --json | jq -r .password";

const GRANT: &str = "\
To the server itself only admin means something; what the others mean, services say.

Example:
  signet users grant ada admin";

const REVOKE: &str = "\
Example:
  signet users revoke ada admin";

#[derive(Subcommand)]
pub(super) enum UsersCommand {
    /// Make an account and print its password, this once
    #[command(after_help = create::EXAMPLES)]
    Create(create::CreateArgs),
    /// List the accounts, the latest registered first
    #[command(after_help = list::EXAMPLES)]
    List(list::ListArgs),
    /// Show an account
    #[command(after_help = SHOW)]
    Show(UserArgs),
    /// Keep an account from logging in, and end its sessions
    #[command(after_help = DISABLE)]
    Disable(UserArgs),
    /// Let a disabled account log in again
    #[command(after_help = ENABLE)]
    Enable(UserArgs),
    /// Delete an account and its sessions
    #[command(after_help = DELETE)]
    Delete(delete::DeleteArgs),
    /// Give an account another password, print it, this once, and end its sessions
    #[command(after_help = RESET_PASSWORD)]
    ResetPassword(UserArgs),
    /// Give an account a role
    #[command(after_help = GRANT)]
    Grant(change::RoleArgs),
    /// Take a role from an account
    #[command(after_help = REVOKE)]
    Revoke(change::RoleArgs),
    /// Take in accounts with the password hashes of another system
    #[command(after_help = import::EXAMPLES)]
    Import(import::ImportArgs),
    /// Print all accounts with their password hashes, in the format of `import`
    #[command(after_help = export::EXAMPLES)]
    Export,
}

/// An account that is there.
#[derive(Args)]
pub(super) struct UserArgs {
    /// Its username, in any case, or its id
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    name: String,
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(sources: &Sources, command: &UsersCommand) -> Result<(), CliError> {
    match command {
        UsersCommand::Create(args) => create::run(sources, args).await,
        UsersCommand::List(args) => list::run(sources, args).await,
        UsersCommand::Show(args) => show::run(sources, args).await,
        UsersCommand::Disable(args) => change::disable(sources, args).await,
        UsersCommand::Enable(args) => change::enable(sources, args).await,
        UsersCommand::Delete(args) => delete::run(sources, args).await,
        UsersCommand::ResetPassword(args) => reset_password::run(sources, args).await,
        UsersCommand::Grant(args) => change::grant(sources, args).await,
        UsersCommand::Revoke(args) => change::revoke(sources, args).await,
        UsersCommand::Import(args) => import::run(sources, args).await,
        UsersCommand::Export => export::run(sources).await,
    }
}

/// An account as scripts read it.
#[derive(Serialize)]
struct ListedUser<'a> {
    id: String,
    username: &'a str,
    email: &'a str,
    display_name: Option<&'a str>,
    status: &'static str,
    roles: Vec<&'a str>,
    created: String,
    last_login: Option<String>,
}

impl<'a> ListedUser<'a> {
    fn new(user: &'a User) -> Self {
        let exact = |time: Timestamp| time.to_rfc3339_opts(SecondsFormat::Micros, true);
        Self {
            id: user.id.to_string(),
            username: user.username.as_str(),
            email: user.email.as_str(),
            display_name: user.display_name.as_ref().map(DisplayName::as_str),
            status: user.status.as_str(),
            roles: user.roles.iter().collect(),
            created: exact(user.date_registered),
            last_login: user.last_login.map(exact),
        }
    }
}

/// A password of the server's making, as scripts read it.
#[derive(Serialize)]
struct NewPassword<'a> {
    id: String,
    username: &'a str,
    password: &'a str,
}

/// Shows a password that exists nowhere else in clear text. `done`: what was changed.
fn print_password(
    json: bool,
    id: UserId,
    username: &Username,
    password: &Password,
    done: &str,
) -> Result<(), CliError> {
    let new = NewPassword {
        id: id.to_string(),
        username: username.as_str(),
        password: password.expose(),
    };
    let rows = vec![
        ["id".into(), new.id.as_str().into()],
        ["username".into(), new.username.into()],
        ["password".into(), new.password.into()],
    ];
    let for_people = with_remark(rows, "The password is shown this once.");
    let done = format!(
        "{done}, and nobody has seen its password: `signet users reset-password {username}` makes \
         and prints another one"
    );
    report(json, &new, &for_people, &done)
}

async fn find(session: &Session, name: &str) -> Result<User, CliError> {
    let found = session.ports.find_user().by_name(name).await;
    found
        .map_err(CliError::failure)?
        .ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> CliError {
    CliError::refused(format!(
        "there is no account {name:?}: `signet users list` shows those that are there"
    ))
}

fn last_admin() -> CliError {
    CliError::refused(
        "nothing was changed: it is the last active account with the role admin, and nobody could \
         administer the server any more. Grant another account the role first",
    )
}

fn invalid(errors: &[FieldError]) -> CliError {
    let errors: Vec<_> = errors
        .iter()
        .map(|FieldError { field, message }| format!("{field} {message}"))
        .collect();
    CliError::misused(errors.join("; "))
}

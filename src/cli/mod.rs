//! The command line: one file per command.

mod backup;
mod checked_copy;
mod clients;
mod config;
mod confirm;
mod db;
mod dev;
mod doctor;
mod error;
mod healthcheck;
mod keygen;
mod keys;
mod logging;
mod master_key;
mod migrate;
mod openapi;
mod other_master_key;
mod pages;
mod refresh_key;
mod restore;
mod serve;
mod session;
mod standard_error;
mod style;
mod table;
mod users;
mod visible;

use std::{ffi::OsStr, path::PathBuf, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand};

use crate::config::{Environment, MasterKeySource, Sources};

use error::CliError;
use standard_error::tell;

const EXAMPLES: &str = "\
Examples:
  signet serve --dev
  (umask 077 && signet keygen > master.key)
  NOT_MY_KEY_FILE=master.key signet doctor
  NOT_MY_KEY_FILE=master.key signet serve
  signet users create ada --email ada@example.com --role admin";

/// A self-hosted JWT auth server: registers users, checks passwords, issues
/// tokens that any service verifies through JWKS.
#[derive(Parser)]
#[command(name = "signet", version = env!("BUILD_VERSION"), about, max_term_width = 100)]
#[command(after_help = EXAMPLES)]
struct Cli {
    /// Read settings from this file instead of ./signet.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    #[command(after_help = serve::EXAMPLES)]
    Serve(serve::ServeArgs),
    /// Bring the database's schema up to date
    #[command(after_help = migrate::EXAMPLES)]
    Migrate(migrate::MigrateArgs),
    /// Check configuration, database, keys and machine, and change nothing
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(doctor::DoctorArgs),
    /// Print a new master key
    #[command(after_help = keygen::EXAMPLES)]
    Keygen,
    /// List, rotate, revoke, import and export the signing keys
    #[command(subcommand, after_help = keys::EXAMPLES)]
    Keys(keys::KeysCommand),
    /// Make, change, list, import and export accounts
    #[command(subcommand, after_help = users::EXAMPLES)]
    Users(users::UsersCommand),
    /// Make, list and delete service clients
    #[command(subcommand, after_help = clients::EXAMPLES)]
    Clients(clients::ClientsCommand),
    /// Change the key that authenticates refresh tokens
    #[command(subcommand, after_help = refresh_key::EXAMPLES)]
    RefreshKey(refresh_key::RefreshKeyCommand),
    /// Change the master key
    #[command(subcommand, after_help = master_key::EXAMPLES)]
    MasterKey(master_key::MasterKeyCommand),
    /// Copy the SQLite database of running servers, and check the copy
    #[command(after_help = backup::EXAMPLES)]
    Backup(backup::BackupArgs),
    /// Put a backup in the place of a SQLite database that is not there
    #[command(after_help = restore::EXAMPLES)]
    Restore(restore::RestoreArgs),
    /// Ask a running server whether it is ready
    #[command(after_help = healthcheck::EXAMPLES)]
    Healthcheck(healthcheck::HealthcheckArgs),
    /// Print what makes a shell complete these commands
    #[command(after_help = pages::COMPLETIONS)]
    Completions(pages::CompletionsArgs),
    /// Write man pages into a folder
    #[command(after_help = pages::MAN)]
    Man(pages::ManArgs),
    /// Copy the whole state into another database
    #[command(subcommand, after_help = db::EXAMPLES)]
    Db(db::DbCommand),
    /// Print the API's OpenAPI description
    #[command(after_help = openapi::EXAMPLES)]
    Openapi,
    /// Print the effective settings, secrets hidden
    #[command(after_help = config::EXAMPLES)]
    Config(config::ConfigArgs),
}

/// The command line as it is parsed, for what is made from its definition.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let sources = Sources {
        file: cli.config.or_else(default_file),
        environment: environment(),
        ..Sources::default()
    };
    let result = match cli.command {
        Command::Serve(args) => serve::run(sources, &args),
        Command::Migrate(args) => migrate::run(&sources, &args),
        Command::Doctor(args) => doctor::run(&sources, &args),
        Command::Keygen => keygen::run(),
        Command::Keys(command) => wait_for(|| keys::run(&sources, &command)),
        Command::Users(command) => wait_for(|| users::run(&sources, &command)),
        Command::Clients(command) => wait_for(|| clients::run(&sources, &command)),
        Command::RefreshKey(command) => wait_for(|| refresh_key::run(&sources, &command)),
        Command::MasterKey(command) => wait_for(|| master_key::run(&sources, &command)),
        Command::Backup(args) => backup::run(&sources, &args),
        Command::Restore(args) => restore::run(&sources, &args),
        Command::Healthcheck(args) => healthcheck::run(&sources, &args),
        Command::Completions(args) => pages::completions(&args),
        Command::Man(args) => pages::man(&args),
        Command::Db(command) => wait_for(|| db::run(&sources, &command)),
        Command::Openapi => openapi::run(),
        Command::Config(args) => config::run(&sources, &args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_silent() {
                tell(format_args!("signet: {error}"));
            }
            error.exit_code()
        }
    }
}

fn default_file() -> Option<PathBuf> {
    let path = PathBuf::from("signet.toml");
    path.exists().then_some(path)
}

/// The settings in the environment. What is not UTF-8 keeps its place, so that
/// it is refused instead of being overlooked.
fn environment() -> Environment {
    std::env::vars_os()
        .map(|(name, value)| (lossy(&name), value))
        .filter(|(name, _)| name.starts_with("SIGNET_"))
        .map(|(name, value)| (name, lossy(&value)))
        .collect()
}

/// The master key's variables, which no setting and no log may come near.
fn master_key_source() -> MasterKeySource {
    MasterKeySource::from_variables(|name| Some(lossy(&std::env::var_os(name)?)))
}

fn lossy(text: &OsStr) -> String {
    text.to_string_lossy().into_owned()
}

/// A function of its own, so that no command has the states of all others on its stack.
#[inline(never)]
fn wait_for<F>(command: impl FnOnce() -> F) -> Result<(), CliError>
where
    F: Future<Output = Result<(), CliError>>,
{
    runtime()?.block_on(command())
}

/// A runtime for one command.
fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::failure)
}

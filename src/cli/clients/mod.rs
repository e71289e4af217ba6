//! `signet clients`: one file per command. They work on the database directly.

mod create;
mod delete;
mod list;

use clap::Subcommand;
use serde::Serialize;

use super::error::CliError;
use crate::{
    config::Sources,
    domain::{Audience, Client},
};

pub(super) const EXAMPLES: &str = "\
Examples:
  signet clients create reports --scope reports:read
  signet clients list";

const LIST: &str = "\
Into a pipe or a file goes one line for each client, with tabs between its fields and no headings.

Example:
  signet clients list --json | jq -r '.[] | [.client_id, .name] | @tsv'";

const DELETE: &str = "\
Example:
  signet clients delete \"$client_id\"";

#[derive(Subcommand)]
pub(super) enum ClientsCommand {
    /// Make a service client and print its secret, this once
    #[command(after_help = create::EXAMPLES)]
    Create(create::CreateArgs),
    /// List the service clients
    #[command(after_help = LIST)]
    List(list::ListArgs),
    /// Delete a service client: it gets no more tokens
    #[command(after_help = DELETE)]
    Delete(delete::DeleteArgs),
}

pub(super) async fn run(sources: &Sources, command: &ClientsCommand) -> Result<(), CliError> {
    match command {
        ClientsCommand::Create(args) => create::run(sources, args).await,
        ClientsCommand::List(args) => list::run(sources, args).await,
        ClientsCommand::Delete(args) => delete::run(sources, args).await,
    }
}

/// A client as scripts read it.
#[derive(Serialize)]
struct ListedClient<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    name: &'a str,
    scope: String,
    /// Null: the server's own.
    audience: Option<&'a Audience>,
    created_at: String,
}

impl<'a> ListedClient<'a> {
    fn new(client: &'a Client, client_secret: Option<&'a str>) -> Self {
        Self {
            client_id: client.id.as_str(),
            client_secret,
            name: client.name.as_str(),
            scope: client.scopes.to_string(),
            audience: client.audience.as_ref(),
            created_at: (client.created_at).to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        }
    }
}

fn audience_text(audience: Option<&Audience>) -> String {
    audience.map_or_else(
        || "the server's".to_owned(),
        |audience| audience.iter().collect::<Vec<_>>().join(" "),
    )
}

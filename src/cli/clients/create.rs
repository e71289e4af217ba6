use clap::Args;

use super::{ListedClient, audience_text};
use crate::{
    cli::{
        error::CliError,
        session::{Session, report},
        table::with_remark,
    },
    config::Sources,
    crypto::ClientSecret,
    domain::{Client, ClientName, Scopes},
    ports::CreateClientError,
    usecases::{
        Initiator,
        clients::{CreatedClient, NewClient},
    },
};

pub(super) const EXAMPLES: &str = "\
Needs no master key. The secret is stored hashed: it cannot be shown again.

Examples:
  signet clients create billing --scope invoices:read --scope invoices:write
  signet clients create billing --audience https://api.example --json";

#[derive(Args)]
pub(in crate::cli) struct CreateArgs {
    /// What people call it: letters, digits and . _ -, at most 64
    name: ClientName,
    /// What it may ask for; several between spaces, or the option again
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<Scopes>,
    /// Whom its tokens are for; the option again for several. By default the
    /// server's audience
    #[arg(long, value_name = "AUDIENCE")]
    audience: Vec<String>,
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(sources: &Sources, args: &CreateArgs) -> Result<(), CliError> {
    let scopes: Vec<_> = args.scope.iter().flat_map(Scopes::iter).collect();
    let scopes = scopes.join(" ").parse().map_err(CliError::failure)?;
    let audience = NewClient::audience(Some(args.audience.clone()))
        .map_err(|error| CliError::misused(format!("--audience {error}")))?;
    let session = Session::open(sources).await?;
    let new = NewClient {
        name: args.name.clone(),
        scopes,
        audience,
    };
    let create = session.ports.create_client();
    let created = create.run(&Initiator::command_line(), new).await;
    let CreatedClient { client, secret } = created.map_err(|error| refused(&error, &args.name))?;
    // The secret is shown before anything else can fail.
    show(args, &client, &secret)?;
    session.close().await
}

fn show(args: &CreateArgs, client: &Client, secret: &ClientSecret) -> Result<(), CliError> {
    let rows = vec![
        ["client_id".into(), client.id.as_str().into()],
        ["client_secret".into(), secret.expose().into()],
        ["scope".into(), client.scopes.to_string().into()],
        [
            "audience".into(),
            audience_text(client.audience.as_ref()).into(),
        ],
    ];
    report(
        args.json,
        &ListedClient::new(client, Some(secret.expose())),
        &with_remark(rows, "The secret is shown this once."),
        &format!(
            "Client {} is made, and nobody has seen its secret: `signet clients delete {}`, then \
             make it again",
            client.name, client.id
        ),
    )
}

fn refused(error: &CreateClientError, name: &ClientName) -> CliError {
    match error {
        CreateClientError::NameTaken => CliError::refused(format!(
            "there is a client {name} already, whatever its case: `signet clients list` shows it"
        )),
        CreateClientError::Storage(error) => CliError::failure(error),
    }
}

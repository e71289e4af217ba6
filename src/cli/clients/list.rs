use clap::Args;

use super::{ListedClient, audience_text};
use crate::{
    cli::{
        error::CliError,
        session::{Session, print},
        table::table,
    },
    config::Sources,
    domain::Client,
};

#[derive(Args)]
pub(in crate::cli) struct ListArgs {
    /// Print a JSON array, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(sources: &Sources, args: &ListArgs) -> Result<(), CliError> {
    let session = Session::open(sources).await?;
    let clients = session.ports.list_clients().all().await;
    let clients = clients.map_err(CliError::failure)?;
    session.close().await?;
    if args.json {
        let listed: Vec<_> = clients
            .iter()
            .map(|client| ListedClient::new(client, None))
            .collect();
        print(&serde_json::to_string_pretty(&listed).map_err(CliError::failure)?)
    } else if clients.is_empty() {
        print("There are no service clients: `signet clients create` makes one.")
    } else {
        let headings = ["NAME", "CLIENT ID", "SCOPE", "AUDIENCE"].map(str::to_owned);
        let rows: Vec<_> = [headings]
            .into_iter()
            .chain(clients.iter().map(row))
            .collect();
        print(&table(&rows))
    }
}

fn row(client: &Client) -> [String; 4] {
    [
        client.name.to_string(),
        client.id.to_string(),
        client.scopes.to_string(),
        audience_text(client.audience.as_ref()),
    ]
}

use clap::Args;

use super::{ListedClient, audience_text};
use crate::{
    cli::{
        error::CliError,
        session::{Session, print_empty, print_json, write},
        table::{Cell, List},
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
        print_json(&listed)
    } else if clients.is_empty() {
        print_empty("There are no service clients: `signet clients create` makes one.");
        Ok(())
    } else {
        let headings = ["NAME", "CLIENT ID", "SCOPE", "AUDIENCE"];
        write(&List::new(headings).part(clients.iter().map(row)))
    }
}

fn row(client: &Client) -> [Cell; 4] {
    [
        client.name.as_str().into(),
        client.id.as_str().into(),
        client.scopes.to_string().into(),
        audience_text(client.audience.as_ref()).into(),
    ]
}

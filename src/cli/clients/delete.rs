use clap::Args;
use serde_json::json;

use crate::{
    cli::{
        error::CliError,
        session::{Session, print},
    },
    config::Sources,
    domain::Client,
    usecases::Initiator,
};

#[derive(Args)]
pub(in crate::cli) struct DeleteArgs {
    /// The client's id, or its name
    client: String,
    /// Print a JSON object, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(sources: &Sources, args: &DeleteArgs) -> Result<(), CliError> {
    let session = Session::open(sources).await?;
    let all = session.ports.list_clients().all().await;
    let found = find(all.map_err(CliError::failure)?, &args.client);
    let deleted = match &found {
        Some(client) => {
            let delete = session.ports.delete_client();
            let deleted = delete.run(&Initiator::command_line(), &client.id).await;
            deleted.map_err(CliError::failure)?
        }
        None => false,
    };
    session.close().await?;
    match found {
        Some(client) if deleted => {
            let done = format!(
                "Client {} ({}) is deleted and gets no more tokens",
                client.name, client.id
            );
            let shown = if args.json {
                let answer = json!({ "client_id": client.id.as_str(), "deleted": true });
                print(&answer.to_string())
            } else {
                print(&format!(
                    "{done}. Those that it has are not active for /introspect from now on; \
                     services that only verify signatures accept them until they expire."
                ))
            };
            shown.map_err(|error| error.although(&format!("{done}: there is nothing more to do")))
        }
        _ => Err(CliError::refused(format!(
            "there is no client {:?}: `signet clients list` shows those that are there",
            args.client
        ))),
    }
}

/// A name may look like another client's id: an id that is equal counts.
fn find(mut all: Vec<Client>, named: &str) -> Option<Client> {
    let by_id = |client: &Client| client.id.as_str() == named;
    let by_name = |client: &Client| client.name.as_str().eq_ignore_ascii_case(named);
    let place = all.iter().position(by_id);
    let place = place.or_else(|| all.iter().position(by_name))?;
    Some(all.swap_remove(place))
}

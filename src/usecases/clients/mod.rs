//! Service clients and their tokens.

mod authenticate_client;
mod create_client;
mod delete_client;
mod issue_client_token;
mod list_clients;

pub use authenticate_client::{AuthenticateClient, AuthenticateClientError, ClientCredentials};
pub use create_client::{AudienceError, CreateClient, CreatedClient, NewClient};
pub use delete_client::DeleteClient;
pub use issue_client_token::{ClientToken, IssueClientToken, IssueClientTokenError};
pub use list_clients::ListClients;

//! Service clients and their tokens.

mod authenticate_client;
mod create_client;
mod issue_client_token;

pub use authenticate_client::{AuthenticateClient, AuthenticateClientError, ClientCredentials};
pub use create_client::{CreateClient, CreatedClient, NewClient};
pub use issue_client_token::{ClientToken, IssueClientToken, IssueClientTokenError};

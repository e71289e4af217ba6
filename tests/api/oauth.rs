//! What the endpoints of OAuth have in common.

mod availability;
mod bad_tokens;
mod client_authentication;
mod departure;
mod expiry;
mod forms;
mod grants;
mod limits;

/// The endpoints, each with a form that it wants no more for than a client.
const ENDPOINTS: [(&str, &str); 3] = [
    ("/token", "grant_type=client_credentials"),
    ("/revoke", "token=nonsense"),
    ("/introspect", "token=nonsense"),
];

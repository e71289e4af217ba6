//! A service with one protected route: GET /hello wants an access token of Signet's.

mod access_token;
mod key_set;

use std::{env, error::Error, sync::Arc};

use axum::{Json, Router, routing::get};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use access_token::{Claims, Verifier};

/// The server's `SIGNET_SIGNING_ALGORITHM`. The service says what it accepts. Were the
/// token asked, it could say HS256, with the public key as the secret.
const ALGORITHM: Algorithm = Algorithm::RS256;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = env::var("ISSUER").unwrap_or_else(|_| "http://127.0.0.1:8080".to_owned());
    // The server's SIGNET_AUDIENCE: by default the issuer.
    let audience = env::var("AUDIENCE").unwrap_or_else(|_| issuer.clone());
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());

    let verifier = Arc::new(Verifier::new(&issuer, &audience, ALGORITHM)?);
    let app = Router::new()
        .route("/hello", get(hello))
        .with_state(verifier);
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    axum::serve(listener, app).await?;
    Ok(())
}

/// Whoever has `Claims` among the arguments gets a verified token, or is not called.
async fn hello(claims: Claims) -> Json<Value> {
    // Users have a name; a service client's token has its id as subject alone.
    Json(json!({ "hello": claims.preferred_username.unwrap_or(claims.sub) }))
}

//! Client authentication (RFC 6749 §2.3.1): HTTP Basic, or the parameters
//! `client_id` and `client_secret`.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use poem::{
    Request,
    http::{HeaderValue, header},
};
use zeroize::Zeroizing;

use super::{
    super::{detached::run_to_end, problem::Problem, secret_text::SecretText},
    error::{invalid_client, invalid_request},
    form::decode,
};
use crate::{
    crypto::ClientSecret,
    domain::{Client, RequestOrigin},
    usecases::clients::{AuthenticateClient, AuthenticateClientError, ClientCredentials},
};

/// The form's part of what a client says that it is.
pub(super) struct ClientParameters {
    id: Option<String>,
    secret: Option<ClientSecret>,
}

/// Who asks.
pub(super) enum Caller {
    /// Nobody in particular.
    Anonymous,
    /// The public first-party client, or another that only gives its name.
    Named(String),
    /// A client that proves itself.
    Credentials(ClientCredentials),
    /// Someone whose `Authorization` header says nothing that can be read.
    Unreadable,
}

impl ClientParameters {
    pub(super) fn new(id: Option<String>, secret: Option<SecretText>) -> Self {
        let secret = secret.map(|text| ClientSecret::presented(text.into_inner()));
        Self { id, secret }
    }
}

impl Caller {
    pub(super) fn of(request: &Request, form: ClientParameters) -> Result<Self, Problem> {
        let mut headers = request.headers().get_all(header::AUTHORIZATION).iter();
        let header = headers.next();
        if headers.next().is_some() {
            return Err(invalid_request("there are several Authorization headers"));
        }
        let basic = header.map(|header| from_basic(header).unwrap_or(Self::Unreadable));
        match (basic, form.id, form.secret) {
            (_, None, Some(_)) => Err(invalid_request("client_secret needs a client_id")),
            (None, None, None) => Ok(Self::Anonymous),
            (None, Some(id), None) => Ok(Self::Named(id)),
            (None, Some(id), Some(secret)) => {
                Ok(Self::Credentials(ClientCredentials::new(id, secret)))
            }
            (Some(Self::Unreadable), ..) => Ok(Self::Unreadable),
            (Some(_), Some(_), Some(_)) => {
                Err(invalid_request("a client authenticates in one way only"))
            }
            (Some(basic), Some(id), None) if !basic.is_named(&id) => {
                Err(invalid_request("two different clients are named"))
            }
            (Some(basic), _, None) => Ok(basic),
        }
    }

    fn is_named(&self, name: &str) -> bool {
        match self {
            Self::Anonymous | Self::Unreadable => false,
            Self::Named(id) => id == name,
            Self::Credentials(credentials) => credentials.is_for(name),
        }
    }

    /// The service client, where it must be one.
    ///
    /// A failure is recorded even when the client goes away meanwhile. What
    /// follows an introspection's or a client credentials grant's success only
    /// reads or signs: nothing of that is owed to who is gone.
    pub(super) async fn authenticated(
        self,
        authenticate: &Arc<AuthenticateClient>,
        origin: &RequestOrigin,
    ) -> Result<Client, Problem> {
        let (credentials, description) = match self {
            Self::Anonymous => return Err(invalid_client("the client must authenticate")),
            Self::Named(id) => (
                ClientCredentials::without_secret(id),
                "the client must send its secret",
            ),
            Self::Credentials(credentials) => {
                (credentials, "the id or the secret of the client is wrong")
            }
            Self::Unreadable => (
                ClientCredentials::Unreadable,
                "the Authorization header is not a valid Basic one",
            ),
        };
        let (authenticate, origin) = (authenticate.clone(), origin.clone());
        run_to_end(async move { authenticate.run(&origin, &credentials).await })
            .await
            .map_err(|error| match error {
                AuthenticateClientError::Invalid => invalid_client(description),
                AuthenticateClientError::Storage(error) => error.into(),
            })
    }
}

/// An empty secret is none (RFC 6749 §2.3.1).
fn from_basic(header: &HeaderValue) -> Option<Caller> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Basic").then_some(())?;
    let decoded = Zeroizing::new(BASE64_STANDARD.decode(encoded.trim()).ok()?);
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    let (id, secret) = (decode(id)?.into_owned(), decode(secret)?.into_owned());
    Some(if secret.is_empty() {
        Caller::Named(id)
    } else {
        let secret = ClientSecret::presented(secret);
        Caller::Credentials(ClientCredentials::new(id, secret))
    })
}

//! Client authentication (RFC 6749 §2.3.1): HTTP Basic, or the parameters
//! `client_id` and `client_secret`.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use poem::{
    Request,
    http::{HeaderValue, header},
};

use super::{
    super::problem::Problem,
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
}

impl ClientParameters {
    pub(super) fn new(id: Option<String>, secret: Option<String>) -> Self {
        let secret = secret.map(ClientSecret::presented);
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
        let from_form = match (form.id, form.secret) {
            (Some(id), Some(secret)) => Self::Credentials(ClientCredentials { id, secret }),
            (Some(id), None) => Self::Named(id),
            (None, None) => Self::Anonymous,
            (None, Some(_)) => return Err(invalid_request("client_secret needs a client_id")),
        };
        let Some(header) = header else {
            return Ok(from_form);
        };
        let basic = from_basic(header)
            .ok_or_else(|| invalid_client("the Authorization header is not a valid Basic one"))?;
        match from_form {
            Self::Anonymous => Ok(basic),
            Self::Named(id) if basic.is_named(&id) => Ok(basic),
            Self::Named(_) => Err(invalid_request("two different clients are named")),
            Self::Credentials(_) => Err(invalid_request("a client authenticates in one way only")),
        }
    }

    fn is_named(&self, name: &str) -> bool {
        match self {
            Self::Anonymous => false,
            Self::Named(id) => id == name,
            Self::Credentials(credentials) => credentials.id == name,
        }
    }

    /// The service client, where it must be one.
    pub(super) async fn authenticated(
        self,
        authenticate: &Arc<AuthenticateClient>,
        origin: &RequestOrigin,
    ) -> Result<Client, Problem> {
        match self {
            Self::Anonymous => Err(invalid_client("the client must authenticate")),
            Self::Named(_) => Err(invalid_client("the client must send its secret")),
            Self::Credentials(credentials) => Ok(authenticate.run(origin, &credentials).await?),
        }
    }
}

/// An empty secret is none (RFC 6749 §2.3.1).
fn from_basic(header: &HeaderValue) -> Option<Caller> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Basic").then_some(())?;
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let (id, secret) = (decode(id)?.into_owned(), decode(secret)?.into_owned());
    Some(if secret.is_empty() {
        Caller::Named(id)
    } else {
        let secret = ClientSecret::presented(secret);
        Caller::Credentials(ClientCredentials { id, secret })
    })
}

impl From<AuthenticateClientError> for Problem {
    fn from(error: AuthenticateClientError) -> Self {
        match error {
            AuthenticateClientError::Invalid => {
                invalid_client("the id or the secret of the client is wrong")
            }
            AuthenticateClientError::Storage(error) => error.into(),
        }
    }
}

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{ApiResponse, Object, OpenApi, types::Example};

use super::{
    super::{
        Tag,
        detached::run_to_end,
        examples::REFRESH_TOKEN,
        problem::Problem,
        refusal::{Documented, Refusals},
        secret_text::SecretText,
    },
    client::{Caller, ClientParameters},
    error::{
        OAuthRefusal, SERVER_ERROR, TOO_LARGE, TOO_LATE, TOO_MANY, UNAVAILABLE, UNKNOWN_CLIENT,
        invalid_client, invalid_request, refused,
    },
    form::{Form, FormBody, FromForm},
};
use crate::{
    domain::RequestOrigin,
    usecases::{
        clients::AuthenticateClient,
        tokens::{RevokeToken, RevokeTokenError},
    },
};

pub(in super::super) struct RevocationApi {
    pub(in super::super) revoke_token: Arc<RevokeToken>,
    pub(in super::super) authenticate_client: Arc<AuthenticateClient>,
    /// The first-party client's id.
    pub(in super::super) client_id: String,
}

/// A token that is to end (RFC 7009 §2.1).
#[derive(Object)]
#[oai(example, skip_serializing_if_is_none)]
struct RevocationRequest {
    /// An access token or a refresh token.
    token: SecretText,
    /// `access_token` or `refresh_token`. It is not needed.
    token_type_hint: Option<String>,
    /// The client's id, where it is not in an `Authorization: Basic` header.
    client_id: Option<String>,
    /// The client's secret, where it is not in that header.
    client_secret: Option<SecretText>,
}

#[derive(ApiResponse)]
enum RevocationAnswer {
    /// The token is not valid, whatever it was before
    #[oai(status = 200)]
    Done,
}

struct RevocationRefusals;

impl Refusals for RevocationRefusals {
    const LIST: &'static [Documented] = &[
        (
            400,
            &["invalid_request", "invalid_grant"],
            "`invalid_request`: the body is no form, lacks a parameter or has one twice; `invalid_grant`: the token was issued to another client",
        ),
        UNKNOWN_CLIENT,
        TOO_LATE,
        TOO_LARGE,
        TOO_MANY,
        SERVER_ERROR,
        UNAVAILABLE,
    ];
}

#[OpenApi(tag = "Tag::Authentication")]
impl RevocationApi {
    /// Revoke a token
    ///
    /// Ends the session of a user's access or refresh token; whoever holds it may do that. A service client's access token is revoked for that client alone, which authenticates. Services that only verify signatures accept a revoked access token until it expires; `/introspect` and `/me` do not.
    #[oai(path = "/revoke", method = "post", operation_id = "revokeToken")]
    async fn revoke(
        &self,
        request: &poem::Request,
        origin: Data<&RequestOrigin>,
        body: FormBody<RevocationRequest>,
    ) -> Result<RevocationAnswer, OAuthRefusal<RevocationRefusals>> {
        let form = body.0;
        let client = ClientParameters::new(form.client_id, form.client_secret);
        let client = match Caller::of(request, client)? {
            Caller::Anonymous => None,
            Caller::Named(id) if id == self.client_id => None,
            caller => {
                let authenticated = caller.authenticated(&self.authenticate_client, &origin);
                Some(authenticated.await?)
            }
        };
        let revoke_token = self.revoke_token.clone();
        run_to_end(async move { revoke_token.run(client.as_ref(), form.token.expose()).await })
            .await?;
        Ok(RevocationAnswer::Done)
    }
}

impl FromForm for RevocationRequest {
    fn from_form(form: &mut Form) -> Result<Self, Problem> {
        Ok(Self {
            token: form
                .secret("token")
                .ok_or_else(|| invalid_request("token is missing"))?,
            token_type_hint: form.optional("token_type_hint"),
            client_id: form.optional("client_id"),
            client_secret: form.secret("client_secret"),
        })
    }
}

impl From<RevokeTokenError> for Problem {
    fn from(error: RevokeTokenError) -> Self {
        match error {
            RevokeTokenError::ClientRequired => {
                invalid_client("the client that the token was issued to must authenticate")
            }
            RevokeTokenError::OtherClient => {
                refused("invalid_grant", "the token was issued to another client")
            }
            RevokeTokenError::KeysNotKnownYet => Self::try_again(),
            RevokeTokenError::Storage(error) => error.into(),
        }
    }
}

impl Example for RevocationRequest {
    fn example() -> Self {
        Self {
            token: SecretText::new(REFRESH_TOKEN.to_owned()),
            token_type_hint: None,
            client_id: None,
            client_secret: None,
        }
    }
}

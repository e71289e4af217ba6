//! Bearer tokens (RFC 6750).

use std::sync::Arc;

use poem::{
    Request, Result,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{SecurityScheme, auth::Bearer};

use super::{problem::Problem, refusal::Documented};
use crate::{
    domain::{RequestOrigin, Session},
    usecases::{
        Initiator,
        tokens::{
            AuthorizeAdmin, AuthorizeAdminError, AuthorizeUser, AuthorizeUserError, AuthorizedUser,
        },
    },
};

/// What judges access tokens. Every request has it, and as one: each value that a request is
/// given costs an allocation.
pub(super) struct Authorize {
    pub(super) user: Arc<AuthorizeUser>,
    pub(super) admin: Arc<AuthorizeAdmin>,
}

impl Authorize {
    fn of(request: &Request) -> &Arc<Self> {
        request
            .data()
            .expect("the service gives it to every request")
    }
}

/// The user behind an access token, as `POST /auth` and `POST /token` issue it:
/// an operation that takes one first reads nothing else of other requests.
#[derive(SecurityScheme)]
#[oai(
    ty = "bearer",
    bearer_format = "JWT",
    rename = "AccessToken",
    checker = "user_of"
)]
pub(super) struct Me(pub(super) AuthorizedUser);

async fn user_of(request: &Request, token: Bearer) -> Result<AuthorizedUser> {
    let authorized = Authorize::of(request).user.run(&token.token).await;
    Ok(authorized.map_err(Problem::from)?)
}

/// The same of an admin.
#[derive(SecurityScheme)]
#[oai(
    ty = "bearer",
    bearer_format = "JWT",
    rename = "AccessToken",
    checker = "admin_of"
)]
pub(super) struct Admin(AuthorizedUser);

async fn admin_of(request: &Request, token: Bearer) -> Result<AuthorizedUser> {
    let authorized = Authorize::of(request).admin.run(&token.token).await;
    Ok(authorized.map_err(Problem::from)?)
}

impl Admin {
    pub(super) fn initiator(&self, origin: &RequestOrigin) -> Initiator {
        Initiator::user(self.0.user.id, origin)
    }

    /// The session of the token.
    pub(super) fn session(&self) -> &Session {
        &self.0.session
    }
}

pub(super) const NOT_A_USER: &str = "not_a_user";
pub(super) const NOT_AN_ADMIN: &str = "not_an_admin";

/// What every operation that wants an access token may refuse.
pub(super) const UNAUTHORIZED: Documented = (
    401,
    &["unauthorized", "invalid_token"],
    "`unauthorized`: there is no access token; `invalid_token`: it is not valid, or its session is over",
);
pub(super) const FORBIDDEN: Documented = (
    403,
    &[NOT_A_USER],
    "`not_a_user`: the access token is a service client's",
);
/// The same of every operation for admins.
pub(super) const ADMINS_ONLY: Documented = (
    403,
    &[NOT_AN_ADMIN, NOT_A_USER],
    "`not_an_admin`: the account has not the role `admin`; `not_a_user`: the access token is a service client's",
);

/// No token was sent, so none is called wrong (RFC 6750 §3.1).
pub(super) fn unauthorized() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized")
        .detail("an access token is needed")
        .header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"signet\""),
        )
}

impl From<AuthorizeAdminError> for Problem {
    fn from(error: AuthorizeAdminError) -> Self {
        match error {
            AuthorizeAdminError::User(error) => error.into(),
            AuthorizeAdminError::NotAnAdmin => not_an_admin(),
        }
    }
}

pub(super) fn not_an_admin() -> Problem {
    insufficient_scope(NOT_AN_ADMIN).detail("the account has not the role `admin`")
}

/// The token is valid and opens something else (RFC 6750 §3.1).
fn insufficient_scope(code: &'static str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, code).header(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"signet\", error=\"insufficient_scope\""),
    )
}

impl From<AuthorizeUserError> for Problem {
    fn from(error: AuthorizeUserError) -> Self {
        match error {
            AuthorizeUserError::Invalid(reason) => {
                let reason = reason.to_string();
                let challenge = format!(
                    "Bearer realm=\"signet\", error=\"invalid_token\", error_description=\"{reason}\""
                );
                let challenge = HeaderValue::from_str(&challenge);
                let challenge = challenge.unwrap_or(HeaderValue::from_static("Bearer"));
                Self::new(StatusCode::UNAUTHORIZED, "invalid_token")
                    .detail(reason)
                    .header(header::WWW_AUTHENTICATE, challenge)
            }
            AuthorizeUserError::NotAUser => {
                insufficient_scope(NOT_A_USER).detail("the access token is a service client's")
            }
            AuthorizeUserError::Storage(error) => error.into(),
        }
    }
}

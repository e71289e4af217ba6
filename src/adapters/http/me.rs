use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem_openapi::{ApiResponse, Object, OpenApi, param::Path, payload::Json, types::ToJSON};
use uuid::Uuid;

use super::{
    Tag,
    bearer::{AccessToken, FORBIDDEN, UNAUTHORIZED},
    detached::run_to_end,
    problem::Problem,
    refusal::{INTERNAL_ERROR, Refusal, Refusals, UNAVAILABLE},
};
use crate::{
    domain::{Session, SessionId, User},
    usecases::{
        sessions::{EndAllSessions, EndSession, EndSessionError, ListSessions},
        tokens::{AuthorizeUser, AuthorizedUser},
    },
};

pub(super) struct MeApi {
    pub(super) authorize_user: Arc<AuthorizeUser>,
    pub(super) list_sessions: ListSessions,
    pub(super) end_session: Arc<EndSession>,
    pub(super) end_all_sessions: Arc<EndAllSessions>,
}

/// The account behind an access token.
#[derive(Object)]
struct Account {
    /// The account's id, the `sub` of its tokens.
    id: Uuid,
    /// The username as it was given.
    username: String,
    /// The e-mail address as it was given.
    email: String,
    /// When the account was made.
    created: DateTime<Utc>,
    /// When it last logged in.
    last_login: Option<DateTime<Utc>>,
}

/// Where a user is logged in.
#[derive(Object)]
struct SessionItem {
    /// The session's id, the `sid` of its tokens.
    id: Uuid,
    /// When the user logged in.
    created: DateTime<Utc>,
    /// When the session was last refreshed.
    last_used: DateTime<Utc>,
    /// From which address that was.
    address: String,
    /// With what program that was, as it says.
    user_agent: Option<String>,
    /// Whether it is the session of the access token that was sent.
    current: bool,
}

/// A user's sessions.
#[derive(Object)]
struct Sessions {
    /// The latest used first.
    items: Vec<SessionItem>,
}

#[derive(ApiResponse)]
enum Read<T: ToJSON> {
    /// What was asked for
    #[oai(status = 200)]
    Ok(
        Json<T>,
        /// `no-store`: it is for this user alone
        #[oai(header = "Cache-Control")]
        String,
    ),
}

impl<T: ToJSON> Read<T> {
    fn new(body: T) -> Self {
        Self::Ok(Json(body), "no-store".to_owned())
    }
}

#[derive(ApiResponse)]
enum Ended {
    /// It is over
    #[oai(status = 204)]
    Done,
}

struct BearerRefusals;

impl Refusals for BearerRefusals {
    const LIST: &'static [(u16, &'static str)] =
        &[UNAUTHORIZED, FORBIDDEN, INTERNAL_ERROR, UNAVAILABLE];
}

struct EndSessionRefusals;

impl Refusals for EndSessionRefusals {
    const LIST: &'static [(u16, &'static str)] = &[
        UNAUTHORIZED,
        FORBIDDEN,
        (404, "`not_found`: the user has no such session"),
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

#[OpenApi(tag = "Tag::Sessions")]
impl MeApi {
    /// Who am I?
    ///
    /// The account behind the access token.
    #[oai(path = "/me", method = "get", operation_id = "getMe")]
    async fn me(&self, token: AccessToken) -> Result<Read<Account>, Refusal<BearerRefusals>> {
        let AuthorizedUser { user, .. } = self.authorize_user.run(token.as_str()).await?;
        Ok(Read::new(Account::from(user)))
    }

    /// Where am I logged in?
    #[oai(path = "/me/sessions", method = "get", operation_id = "listMySessions")]
    async fn sessions(
        &self,
        token: AccessToken,
    ) -> Result<Read<Sessions>, Refusal<BearerRefusals>> {
        let AuthorizedUser { user, session } = self.authorize_user.run(token.as_str()).await?;
        let sessions = self.list_sessions.run(user.id).await?;
        let item = |other: Session| SessionItem::new(&other, other.id == session.id);
        Ok(Read::new(Sessions {
            items: sessions.into_iter().map(item).collect(),
        }))
    }

    /// End one of my sessions
    #[oai(
        path = "/me/sessions/:id",
        method = "delete",
        operation_id = "endMySession"
    )]
    async fn end_session(
        &self,
        token: AccessToken,
        /// The session's id.
        id: Path<String>,
    ) -> Result<Ended, Refusal<EndSessionRefusals>> {
        let AuthorizedUser { user, .. } = self.authorize_user.run(token.as_str()).await?;
        let id: SessionId = id.parse().map_err(|_| EndSessionError::NotFound)?;
        let end_session = self.end_session.clone();
        run_to_end(async move { end_session.run(user.id, id).await }).await?;
        Ok(Ended::Done)
    }

    /// Log out
    ///
    /// Ends the session of the access token.
    #[oai(path = "/logout", method = "post", operation_id = "logOut")]
    async fn log_out(&self, token: AccessToken) -> Result<Ended, Refusal<BearerRefusals>> {
        let AuthorizedUser { user, session } = self.authorize_user.run(token.as_str()).await?;
        let end_session = self.end_session.clone();
        match run_to_end(async move { end_session.run(user.id, session.id).await }).await {
            // Someone else ended it in between.
            Ok(()) | Err(EndSessionError::NotFound) => Ok(Ended::Done),
            Err(error) => Err(error.into()),
        }
    }

    /// Log out everywhere
    ///
    /// Ends all sessions of the access token's user.
    #[oai(
        path = "/logout/all",
        method = "post",
        operation_id = "logOutEverywhere"
    )]
    async fn log_out_everywhere(
        &self,
        token: AccessToken,
    ) -> Result<Ended, Refusal<BearerRefusals>> {
        let AuthorizedUser { user, .. } = self.authorize_user.run(token.as_str()).await?;
        let end_all_sessions = self.end_all_sessions.clone();
        run_to_end(async move { end_all_sessions.run(user.id).await }).await?;
        Ok(Ended::Done)
    }
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self {
            id: user.id.as_uuid(),
            username: user.username.to_string(),
            email: user.email.to_string(),
            created: user.date_registered,
            last_login: user.last_login,
        }
    }
}

impl SessionItem {
    fn new(session: &Session, current: bool) -> Self {
        Self {
            id: session.id.as_uuid(),
            created: session.created_at,
            last_used: session.last_used_at,
            address: session.address.to_string(),
            user_agent: (session.user_agent.as_ref()).map(|agent| agent.as_str().to_owned()),
            current,
        }
    }
}

impl From<EndSessionError> for Problem {
    fn from(error: EndSessionError) -> Self {
        match error {
            EndSessionError::NotFound => Self::not_found("the user has no such session"),
            EndSessionError::Storage(error) => error.into(),
        }
    }
}

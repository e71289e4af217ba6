use std::sync::Arc;

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    account::{Account, SessionItem},
    answers::{Done, Read},
    auth_event::AuthEventItem,
    bearer::{AccessToken, FORBIDDEN, UNAUTHORIZED},
    detached::run_to_end,
    page::{self, PageOf},
    problem::Problem,
    refusal::{BAD_QUERY, INTERNAL_ERROR, Refusal, Refusals, UNAVAILABLE},
};
use crate::{
    domain::{AuthEventFilter, SessionId},
    usecases::{
        auth_log::ListAuthEvents,
        sessions::{EndAllSessions, EndSession, EndSessionError, ListSessions},
        tokens::{AuthorizeUser, AuthorizedUser},
    },
};

pub(super) struct MeApi {
    pub(super) authorize_user: Arc<AuthorizeUser>,
    pub(super) list_sessions: Arc<ListSessions>,
    pub(super) list_auth_events: Arc<ListAuthEvents>,
    pub(super) end_session: Arc<EndSession>,
    pub(super) end_all_sessions: Arc<EndAllSessions>,
}

struct BearerRefusals;

impl Refusals for BearerRefusals {
    const LIST: &'static [(u16, &'static str)] =
        &[UNAUTHORIZED, FORBIDDEN, INTERNAL_ERROR, UNAVAILABLE];
}

struct ListRefusals;

impl Refusals for ListRefusals {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD_QUERY,
        UNAUTHORIZED,
        FORBIDDEN,
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
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
    ///
    /// The latest used first.
    #[oai(path = "/me/sessions", method = "get", operation_id = "listMySessions")]
    async fn sessions(
        &self,
        token: AccessToken,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<SessionItem>>, Refusal<ListRefusals>> {
        let AuthorizedUser { user, session } = self.authorize_user.run(token.as_str()).await?;
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let found = self.list_sessions.run(user.id, &page).await?;
        let item = |other| SessionItem::new(&other, &session);
        Ok(Read::new(PageOf::new(found, item)))
    }

    /// Who tried to log in as me?
    ///
    /// The newest first.
    #[oai(
        path = "/me/auth-events",
        method = "get",
        operation_id = "listMyAuthEvents"
    )]
    async fn auth_events(
        &self,
        token: AccessToken,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<AuthEventItem>>, Refusal<ListRefusals>> {
        let AuthorizedUser { user, .. } = self.authorize_user.run(token.as_str()).await?;
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let own = AuthEventFilter {
            user: Some(user.id),
            ..AuthEventFilter::default()
        };
        let found = self.list_auth_events.run(&own, &page).await?;
        Ok(Read::new(PageOf::new(found, AuthEventItem::from)))
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
    ) -> Result<Done, Refusal<EndSessionRefusals>> {
        let AuthorizedUser { user, .. } = self.authorize_user.run(token.as_str()).await?;
        let id: SessionId = id.parse().map_err(|_| EndSessionError::NotFound)?;
        let end_session = self.end_session.clone();
        run_to_end(async move { end_session.run(user.id, id).await }).await?;
        Ok(Done::Done)
    }

    /// Log out
    ///
    /// Ends the session of the access token.
    #[oai(path = "/logout", method = "post", operation_id = "logOut")]
    async fn log_out(&self, token: AccessToken) -> Result<Done, Refusal<BearerRefusals>> {
        let AuthorizedUser { user, session } = self.authorize_user.run(token.as_str()).await?;
        let end_session = self.end_session.clone();
        match run_to_end(async move { end_session.run(user.id, session.id).await }).await {
            // Someone else ended it in between.
            Ok(()) | Err(EndSessionError::NotFound) => Ok(Done::Done),
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
    ) -> Result<Done, Refusal<BearerRefusals>> {
        let AuthorizedUser { user, .. } = self.authorize_user.run(token.as_str()).await?;
        let end_all_sessions = self.end_all_sessions.clone();
        run_to_end(async move { end_all_sessions.run(user.id, None).await }).await?;
        Ok(Done::Done)
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

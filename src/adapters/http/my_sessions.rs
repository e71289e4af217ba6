use std::sync::Arc;

use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};

use super::{
    Tag,
    account::SessionItem,
    answers::{Done, Read},
    bearer::{FORBIDDEN, Me, UNAUTHORIZED},
    detached::run_to_end,
    my_requests::ListRefusals,
    page::{self, PageOf},
    problem::Problem,
    refusal::{Documented, INTERNAL_ERROR, Refusal, Refusals, UNAVAILABLE},
};
use crate::{
    domain::SessionId,
    usecases::{
        sessions::{EndAllSessions, EndSession, EndSessionError, ListSessions},
        tokens::AuthorizedUser,
    },
};

pub(super) struct MySessionsApi {
    pub(super) list_sessions: Arc<ListSessions>,
    pub(super) end_session: Arc<EndSession>,
    pub(super) end_all_sessions: Arc<EndAllSessions>,
}

struct BearerRefusals;

impl Refusals for BearerRefusals {
    const LIST: &'static [Documented] = &[UNAUTHORIZED, FORBIDDEN, INTERNAL_ERROR, UNAVAILABLE];
}

struct EndSessionRefusals;

impl Refusals for EndSessionRefusals {
    const LIST: &'static [Documented] = &[
        UNAUTHORIZED,
        FORBIDDEN,
        (
            404,
            &["not_found"],
            "`not_found`: the user has no such session",
        ),
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

#[OpenApi(tag = "Tag::Sessions")]
impl MySessionsApi {
    /// Where am I logged in?
    ///
    /// The latest begun first. When one was last used is told once the reuse window is over.
    #[oai(path = "/me/sessions", method = "get", operation_id = "listMySessions")]
    async fn sessions(
        &self,
        Me(me): Me,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<SessionItem>>, Refusal<ListRefusals>> {
        let AuthorizedUser { user, session } = me;
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let found = self.list_sessions.run(user.id, &page).await?;
        let item = |other| SessionItem::new(&other, &session);
        Ok(Read::new(PageOf::new(found, item)))
    }

    /// End one of my sessions
    ///
    /// Its refresh token is good for nothing any more, nor are its access tokens here.
    #[oai(
        path = "/me/sessions/:id",
        method = "delete",
        operation_id = "endMySession"
    )]
    async fn end_session(
        &self,
        Me(me): Me,
        /// The session's id.
        id: Path<String>,
    ) -> Result<Done, Refusal<EndSessionRefusals>> {
        let id: SessionId = id.parse().map_err(|_| EndSessionError::NotFound)?;
        let end_session = self.end_session.clone();
        run_to_end(async move { end_session.run(me.user.id, id).await }).await?;
        Ok(Done::Done)
    }

    /// Log out
    ///
    /// Ends the session of the access token.
    #[oai(path = "/logout", method = "post", operation_id = "logOut")]
    async fn log_out(&self, Me(me): Me) -> Result<Done, Refusal<BearerRefusals>> {
        let AuthorizedUser { user, session } = me;
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
    async fn log_out_everywhere(&self, Me(me): Me) -> Result<Done, Refusal<BearerRefusals>> {
        let end_all_sessions = self.end_all_sessions.clone();
        run_to_end(async move { end_all_sessions.run(me.user.id, None).await }).await?;
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

use std::sync::Arc;

use poem_openapi::{OpenApi, param::Query};

use super::{
    Tag,
    answers::Read,
    auth_event::AuthEventItem,
    bearer::Me,
    my_requests::ListRefusals,
    page::{self, PageOf},
    refusal::Refusal,
};
use crate::{domain::AuthEventFilter, usecases::auth_log::ListAuthEvents};

pub(super) struct MyAuthEventsApi {
    pub(super) list_auth_events: Arc<ListAuthEvents>,
}

#[OpenApi(tag = "Tag::Accounts")]
impl MyAuthEventsApi {
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
        Me(me): Me,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<AuthEventItem>>, Refusal<ListRefusals>> {
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let own = AuthEventFilter {
            user: Some(me.user.id),
            ..AuthEventFilter::default()
        };
        let found = self.list_auth_events.run(&own, &page).await?;
        Ok(Read::new(PageOf::new(found, AuthEventItem::from)))
    }
}

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};

use super::{
    AdminUseCases, ItemRefusals, NOT_FOUND,
    users::{no_user, user_id},
};
use crate::{
    adapters::http::{
        Tag,
        account::SessionItem,
        answers::{Done, Read},
        bearer::{ADMINS_ONLY, Admin, UNAUTHORIZED},
        detached::run_to_end,
        page::{self, PageOf},
        problem::Problem,
        refusal::{BAD_QUERY, Documented, INTERNAL_ERROR, Refusal, Refusals, UNAVAILABLE},
    },
    domain::{RequestOrigin, UserId},
};

pub(in crate::adapters::http) struct UserSessionsApi(pub(super) Arc<AdminUseCases>);

struct UserListRefusals;

impl Refusals for UserListRefusals {
    const LIST: &'static [Documented] = &[
        BAD_QUERY,
        UNAUTHORIZED,
        ADMINS_ONLY,
        NOT_FOUND,
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

#[OpenApi(prefix_path = "/admin/users", tag = "Tag::Administration")]
impl UserSessionsApi {
    /// Where is a user logged in?
    ///
    /// The latest begun first. When one was last used is told once the reuse window is over.
    #[oai(
        path = "/:id/sessions",
        method = "get",
        operation_id = "listUserSessions"
    )]
    async fn list(
        &self,
        admin: Admin,
        /// The account's id.
        id: Path<String>,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<SessionItem>>, Refusal<UserListRefusals>> {
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let user = self.existing(&id).await?;
        let found = self.0.list_sessions.run(user, &page).await?;
        let item = |session| SessionItem::new(&session, admin.session());
        Ok(Read::new(PageOf::new(found, item)))
    }

    /// Log a user out everywhere
    ///
    /// Ends all of the user's sessions. Whoever knows the password may log in again.
    #[oai(
        path = "/:id/sessions",
        method = "delete",
        operation_id = "endUserSessions"
    )]
    async fn end(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        /// The account's id.
        id: Path<String>,
    ) -> Result<Done, Refusal<ItemRefusals>> {
        let user = self.existing(&id).await?;
        let by = admin.initiator(&origin);
        let end_all_sessions = self.0.end_all_sessions.clone();
        run_to_end(async move { end_all_sessions.run(user, Some(&by)).await }).await?;
        Ok(Done::Done)
    }
}

impl UserSessionsApi {
    async fn existing(&self, id: &str) -> Result<UserId, Problem> {
        let user = self.0.find_user.run(user_id(id)?).await?;
        Ok(user.ok_or_else(no_user)?.id)
    }
}

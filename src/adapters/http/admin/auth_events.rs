use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem::Body;
use poem_openapi::{ApiResponse, OpenApi, param::Query};
use uuid::Uuid;

use super::{
    AdminUseCases, ListRefusals,
    auth_export::{self, EventLines},
};
use crate::{
    adapters::http::{
        Tag,
        answers::{NO_STORE, Read},
        auth_event::{AuthEventItem, AuthOutcome},
        bearer::Admin,
        page::{self, PageOf},
        problem::Problem,
        refusal::Refusal,
        times::check_times,
    },
    domain::{AuthEventFilter, UserId},
    usecases::FieldError,
};

pub(in crate::adapters::http) struct AuthEventsApi(pub(super) Arc<AdminUseCases>);

#[derive(ApiResponse)]
enum Export {
    /// One event a line (NDJSON), in the form of those that the list has
    #[oai(status = 200)]
    Lines(
        EventLines,
        /// `no-store`: it is for this user alone
        #[oai(header = "Cache-Control")]
        String,
    ),
}

#[OpenApi(prefix_path = "/admin/auth-events", tag = "Tag::Administration")]
impl AuthEventsApi {
    /// Who tried to log in, and how did it end?
    ///
    /// The newest first. Where what matches is rare, one answer does not look
    /// at the whole log: it may hold fewer events than `limit`, or none, and
    /// yet have a `next_cursor` that goes on from there.
    #[oai(path = "/", method = "get", operation_id = "listAuthEvents")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter")]
    async fn list(
        &self,
        _admin: Admin,
        /// The account's id.
        user: Query<Option<Uuid>>,
        /// An address, or a network in CIDR notation.
        address: Query<Option<String>>,
        /// How it ended.
        outcome: Query<Option<AuthOutcome>>,
        /// Not before this time (RFC 3339).
        from: Query<Option<DateTime<Utc>>>,
        /// Before this time (RFC 3339).
        to: Query<Option<DateTime<Utc>>>,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<AuthEventItem>>, Refusal<ListRefusals>> {
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let filter = filter(user.0, address.0.as_deref(), outcome.0, from.0, to.0)?;
        let found = self.0.list_auth_events.run(&filter, &page).await?;
        Ok(Read::new(PageOf::new(found, AuthEventItem::from)))
    }

    /// Export the log of logins
    ///
    /// All events that match, the newest first. Those that are added meanwhile
    /// are not among them. When the database fails, or whoever asked is no
    /// admin any more, the connection is cut: an answer that ends as HTTP has
    /// answers end is complete.
    #[oai(path = "/export", method = "get", operation_id = "exportAuthEvents")]
    async fn export(
        &self,
        admin: Admin,
        /// The account's id.
        user: Query<Option<Uuid>>,
        /// An address, or a network in CIDR notation.
        address: Query<Option<String>>,
        /// How it ended.
        outcome: Query<Option<AuthOutcome>>,
        /// Not before this time (RFC 3339).
        from: Query<Option<DateTime<Utc>>>,
        /// Before this time (RFC 3339).
        to: Query<Option<DateTime<Utc>>>,
    ) -> Result<Export, Refusal<ListRefusals>> {
        let filter = filter(user.0, address.0.as_deref(), outcome.0, from.0, to.0)?;
        let export = self.0.export_auth_events.clone();
        let first = export.run(admin.session().id, &filter, None).await?;
        let lines = auth_export::lines(export, admin.session().id, filter, first);
        let body = Body::from_bytes_stream(lines);
        Ok(Export::Lines(EventLines(body), NO_STORE.to_owned()))
    }
}

fn filter(
    user: Option<Uuid>,
    address: Option<&str>,
    outcome: Option<AuthOutcome>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<AuthEventFilter, Problem> {
    check_times([("from", from), ("to", to)])?;
    let address = address.map(str::parse).transpose();
    Ok(AuthEventFilter {
        user: user.map(UserId::new),
        address: address
            .map_err(|error| Problem::invalid_fields(vec![FieldError::new("address", error)]))?,
        outcome: outcome.map(Into::into),
        from,
        to,
    })
}

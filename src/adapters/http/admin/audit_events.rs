use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use chrono::{DateTime, Utc};
use poem_openapi::{Object, OpenApi, param::Query, types::Any};
use serde_json::Value;

use super::{AdminUseCases, ListRefusals};
use crate::{
    adapters::http::{
        Tag,
        answers::Read,
        bearer::Admin,
        page::{self, PageOf},
        problem::Problem,
        refusal::Refusal,
        times::check_times,
    },
    domain::{AuditEvent, AuditEventId, AuditFilter, Snapshot},
    usecases::FieldError,
};

pub(in crate::adapters::http) struct AuditEventsApi(pub(super) Arc<AdminUseCases>);

/// A change that someone made.
#[derive(Object)]
#[oai(rename = "AuditEvent")]
struct AuditEventItem {
    /// The event's number.
    id: i64,
    /// When it was done.
    at: DateTime<Utc>,
    /// Who did it: a user's id, or `command_line`.
    actor: String,
    /// What was done, like `user.update`.
    action: String,
    /// What it was done to: `user`, `invite`, `client`, `key`, `refresh_key` or
    /// `master_key`.
    target_kind: String,
    /// The id of that.
    target_id: String,
    /// From which address; null where no request was made.
    address: Option<String>,
    /// With what program, as it says.
    user_agent: Option<String>,
    /// In which request.
    request_id: Option<String>,
    /// What was there, of a change only what it changed. Never a secret.
    before: Option<BTreeMap<String, Any<Value>>>,
    /// What is there now.
    after: Option<BTreeMap<String, Any<Value>>>,
}

#[OpenApi(prefix_path = "/admin", tag = "Tag::Administration")]
impl AuditEventsApi {
    /// Who changed what?
    ///
    /// The newest first.
    #[oai(
        path = "/audit-events",
        method = "get",
        operation_id = "listAuditEvents"
    )]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter")]
    async fn list(
        &self,
        _admin: Admin,
        /// Who did it: a user's id, or `command_line`.
        actor: Query<Option<String>>,
        /// The id of what it was done to.
        target: Query<Option<String>>,
        /// What was done, like `user.update`.
        action: Query<Option<String>>,
        /// Not before this time (RFC 3339).
        from: Query<Option<DateTime<Utc>>>,
        /// Before this time (RFC 3339).
        to: Query<Option<DateTime<Utc>>>,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<AuditEventItem>>, Refusal<ListRefusals>> {
        check_times([("from", from.0), ("to", to.0)])?;
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let filter = AuditFilter {
            actor: parsed(
                "actor",
                actor.0,
                "is neither a user's id nor `command_line`",
            )?,
            target: target.0,
            action: parsed("action", action.0, "is not an action")?,
            from: from.0,
            to: to.0,
        };
        let found = self.0.list_audit_events.run(&filter, &page).await?;
        Ok(Read::new(PageOf::new(found, AuditEventItem::from)))
    }
}

fn parsed<T: FromStr>(
    name: &'static str,
    text: Option<String>,
    message: &str,
) -> Result<Option<T>, Problem> {
    let parsed = text.map(|text| text.parse()).transpose();
    parsed.map_err(|_| Problem::invalid_fields(vec![FieldError::new(name, message)]))
}

impl From<(AuditEventId, AuditEvent)> for AuditEventItem {
    fn from((id, event): (AuditEventId, AuditEvent)) -> Self {
        let origin = event.act.origin.as_ref();
        let agent = origin.and_then(|origin| origin.user_agent.as_ref());
        Self {
            id,
            at: event.act.at,
            actor: event.act.actor.to_string(),
            action: event.action.as_str().to_owned(),
            target_kind: event.target.kind().to_owned(),
            target_id: event.target.id(),
            address: origin.map(|origin| origin.address.to_string()),
            user_agent: agent.map(|agent| agent.as_str().to_owned()),
            request_id: origin.map(|origin| origin.request_id.to_string()),
            before: event.before.as_ref().map(fields),
            after: event.after.as_ref().map(fields),
        }
    }
}

fn fields(snapshot: &Snapshot) -> BTreeMap<String, Any<Value>> {
    let json = |field| serde_json::to_value(field).unwrap_or_default();
    let fields = snapshot.fields();
    fields
        .map(|(name, field)| (name.to_owned(), Any(json(field))))
        .collect()
}

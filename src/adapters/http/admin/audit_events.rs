use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use chrono::{DateTime, Utc};
use poem_openapi::{
    Object, OpenApi,
    param::Query,
    types::{Any, Example},
};
use serde_json::Value;

use super::{
    AdminUseCases, ListRefusals,
    audit_names::{AskedAction, AuditActionName, AuditTargetKind},
};
use crate::{
    adapters::http::{
        Tag,
        answers::Read,
        bearer::Admin,
        examples::{ADDRESS, AGENT, REQUEST_ID, USER, later},
        nullable::Nullable,
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
#[oai(rename = "AuditEvent", example)]
struct AuditEventItem {
    /// The event's number.
    id: i64,
    /// When it was done.
    at: DateTime<Utc>,
    /// Who did it: a user's id, or `command_line`.
    actor: String,
    /// What was done.
    action: AuditActionName,
    /// What it was done to.
    target_kind: AuditTargetKind,
    /// The id of that.
    target_id: String,
    /// From which address; null where no request was made.
    address: Nullable<String>,
    /// With what program, as it says; null where it said nothing.
    user_agent: Nullable<String>,
    /// In which request; null where none was made.
    request_id: Nullable<String>,
    /// What was there, of a change only what it changed; null where nothing was. Never a secret.
    before: Nullable<BTreeMap<String, Any<Value>>>,
    /// What is there now; null where nothing is.
    after: Nullable<BTreeMap<String, Any<Value>>>,
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
        /// What was done.
        action: Query<Option<AskedAction>>,
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
            action: parsed("action", action.0.map(|asked| asked.0), "is not an action")?,
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
            action: event.action.into(),
            target_kind: (&event.target).into(),
            target_id: event.target.id(),
            address: origin.map(|origin| origin.address.to_string()).into(),
            user_agent: agent.map(|agent| agent.as_str().to_owned()).into(),
            request_id: origin.map(|origin| origin.request_id.to_string()).into(),
            before: event.before.as_ref().map(fields).into(),
            after: event.after.as_ref().map(fields).into(),
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

impl Example for AuditEventItem {
    fn example() -> Self {
        let status = |name: &str| {
            let status = Any(Value::String(name.to_owned()));
            BTreeMap::from([("status".to_owned(), status)])
        };
        Self {
            id: 7,
            at: later(),
            actor: USER.to_string(),
            action: AuditActionName::UpdateUser,
            target_kind: AuditTargetKind::User,
            target_id: "e6a0d4f1-58b2-4b0e-8f7d-1c93a5e2b7d0".to_owned(),
            address: Some(ADDRESS.to_owned()).into(),
            user_agent: Some(AGENT.to_owned()).into(),
            request_id: Some(REQUEST_ID.to_owned()).into(),
            before: Some(status("active")).into(),
            after: Some(status("disabled")).into(),
        }
    }
}

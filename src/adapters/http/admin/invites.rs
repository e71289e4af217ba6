use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    types::Example,
};
use uuid::Uuid;

use super::{AdminUseCases, CreateRefusals, ItemRefusals, ListRefusals};
use crate::{
    adapters::http::{
        Tag,
        answers::{Created, Done, Read},
        bearer::Admin,
        detached::run_to_end,
        examples::{USER, earlier, later},
        json_body::{Fields, FromFields, JsonBody},
        nullable::Nullable,
        page::{self, PageOf},
        problem::Problem,
        refusal::Refusal,
    },
    domain::{Invite, RequestOrigin},
    usecases::invites::CreatedInvite,
};

const DEFAULT_LIFETIME: u64 = 7 * 24 * 60 * 60;
const LONGEST_LIFETIME: u64 = 90 * 24 * 60 * 60;

pub(in crate::adapters::http) struct InvitesApi(pub(super) Arc<AdminUseCases>);

/// How the invite is to be.
#[derive(Object)]
#[oai(example)]
struct CreateInviteRequest {
    /// For how many seconds it can be used: 1 to 7776000 (90 days), by default
    /// 604800 (7 days).
    #[oai(nullable, validator(minimum(value = "1"), maximum(value = "7776000")))]
    expires_in: Option<u64>,
}

/// The invite that was made.
#[derive(Object)]
#[oai(rename = "CreatedInvite", example)]
struct CreatedInviteItem {
    /// The invite's id, which is no secret.
    id: Uuid,
    /// What `POST /register` takes as `invite`, once. It is shown this once.
    invite: String,
    /// Until when it can be used.
    expires: DateTime<Utc>,
}

/// An invite.
#[derive(Object)]
#[oai(rename = "Invite", example)]
struct InviteItem {
    /// The invite's id, which is no secret.
    id: Uuid,
    /// When it was made.
    created: DateTime<Utc>,
    /// Who made it: a user's id, or `command_line`.
    created_by: String,
    /// Until when it can be used.
    expires: DateTime<Utc>,
    /// When it was used; null when it was not.
    used: Nullable<DateTime<Utc>>,
    /// The id of the account that it was used for; null when it was not used.
    used_by: Nullable<Uuid>,
}

#[OpenApi(prefix_path = "/admin/invites", tag = "Tag::Administration")]
impl InvitesApi {
    /// List invites
    ///
    /// The latest made first.
    #[oai(path = "/", method = "get", operation_id = "listInvites")]
    async fn list(
        &self,
        _admin: Admin,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<InviteItem>>, Refusal<ListRefusals>> {
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let found = self.0.list_invites.run(&page).await?;
        Ok(Read::new(PageOf::new(found, InviteItem::from)))
    }

    /// Make an invite
    ///
    /// It lets one account be opened where registration is not for everyone.
    #[oai(path = "/", method = "post", operation_id = "createInvite")]
    async fn create(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        body: JsonBody<CreateInviteRequest>,
    ) -> Result<Created<CreatedInviteItem>, Refusal<CreateRefusals>> {
        let by = admin.initiator(&origin);
        let lifetime = Duration::from_secs(body.0.expires_in.unwrap_or(DEFAULT_LIFETIME));
        let create_invite = self.0.create_invite.clone();
        let CreatedInvite { invite, code } =
            run_to_end(async move { create_invite.run(&by, lifetime).await }).await?;
        Ok(Created::new(CreatedInviteItem {
            id: invite.id.as_uuid(),
            invite: code.expose().to_owned(),
            expires: invite.expires_at,
        }))
    }

    /// Delete an invite
    ///
    /// It opens no account any more. The account that it opened stays.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteInvite")]
    async fn delete(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        /// The invite's id.
        id: Path<String>,
    ) -> Result<Done, Refusal<ItemRefusals>> {
        let none = || Problem::not_found("there is no such invite");
        let id = id.parse().map_err(|_| none())?;
        let by = admin.initiator(&origin);
        let delete_invite = self.0.delete_invite.clone();
        let deleted = run_to_end(async move { delete_invite.run(&by, id).await }).await?;
        if deleted {
            Ok(Done::Done)
        } else {
            Err(none().into())
        }
    }
}

impl FromFields for CreateInviteRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let expires_in = fields.optional_number("expires_in", 1..=LONGEST_LIFETIME);
        Some(Self { expires_in })
    }
}

impl Example for CreateInviteRequest {
    fn example() -> Self {
        Self {
            expires_in: Some(DEFAULT_LIFETIME),
        }
    }
}

impl From<Invite> for InviteItem {
    fn from(invite: Invite) -> Self {
        Self {
            id: invite.id.as_uuid(),
            created: invite.created_at,
            created_by: invite.created_by.to_string(),
            expires: invite.expires_at,
            used: invite.used.map(|used| used.at).into(),
            used_by: invite.used.map(|used| used.by.as_uuid()).into(),
        }
    }
}

const EXAMPLE: Uuid = Uuid::from_u128(0x1d94_b6e0_25c8_4b3f_a07e_8c61_f2d3_4a5b);

impl Example for CreatedInviteItem {
    fn example() -> Self {
        Self {
            id: EXAMPLE,
            invite: "signet_inv_7mJ4zQxkT0yXHn2W9cVdPg".to_owned(),
            expires: later(),
        }
    }
}

impl Example for InviteItem {
    fn example() -> Self {
        Self {
            id: EXAMPLE,
            created: earlier(),
            created_by: USER.to_string(),
            expires: later(),
            used: None.into(),
            used_by: None.into(),
        }
    }
}

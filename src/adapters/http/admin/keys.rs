use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};

use super::{
    AdminUseCases, ListRefusals, NOT_FOUND,
    key_items::{KeyItem, KeyStateName, RevokedKey, RotateKeysRequest, RotatedKeys},
};
use crate::{
    adapters::http::{
        Tag,
        answers::Read,
        bearer::{ADMINS_ONLY, Admin, UNAUTHORIZED},
        detached::run_to_end,
        optional_json_body::OptionalJsonBody,
        page::{self, PageOf},
        problem::{Problem, TOO_EARLY},
        refusal::{
            BAD_QUERY, BAD_REQUEST, Documented, INTERNAL_ERROR, REQUEST_TIMEOUT, Refusal, Refusals,
            UNAVAILABLE, UNSUPPORTED_MEDIA_TYPE,
        },
    },
    domain::{RequestOrigin, SigningAlgorithm},
    usecases::keys::RevokeError,
};

pub(in crate::adapters::http) struct KeysApi(pub(super) Arc<AdminUseCases>);

struct RotateRefusals;

impl Refusals for RotateRefusals {
    const LIST: &'static [Documented] = &[
        BAD_REQUEST,
        UNAUTHORIZED,
        ADMINS_ONLY,
        (
            409,
            &[TOO_EARLY, "master_key_missing"],
            "`too_early`: some verifier may not know the next key yet; `detail` and `Retry-After` tell when all do. `master_key_missing`: this server has not all master keys that the stored keys want",
        ),
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

struct RevokeRefusals;

impl Refusals for RevokeRefusals {
    const LIST: &'static [Documented] = &[
        BAD_QUERY,
        UNAUTHORIZED,
        ADMINS_ONLY,
        NOT_FOUND,
        (
            409,
            &["key_expired", "key_state_changed", "master_key_missing"],
            "`key_expired`: it is not published any more; `key_state_changed`: it is in another state than `state` says; `master_key_missing`: this server has not all master keys that the stored keys want",
        ),
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

#[OpenApi(prefix_path = "/admin/keys", tag = "Tag::Administration")]
impl KeysApi {
    /// List signing keys
    ///
    /// The latest made first, those that have expired among them.
    #[oai(path = "/", method = "get", operation_id = "listKeys")]
    async fn list(
        &self,
        _admin: Admin,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<KeyItem>>, Refusal<ListRefusals>> {
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let found = self.0.list_keys.run(&page).await?;
        Ok(Read::new(PageOf::new(found, KeyItem::from)))
    }

    /// Let the next signing key take over now
    ///
    /// Servers do it by themselves; this is for doing it early. A next key of
    /// another algorithm than `algorithm` is replaced by one that is published
    /// from now on, which is answered with 409 `too_early`: ask again then.
    #[oai(path = "/rotate", method = "post", operation_id = "rotateKeys")]
    async fn rotate(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        body: OptionalJsonBody<RotateKeysRequest>,
    ) -> Result<Read<RotatedKeys>, Refusal<RotateRefusals>> {
        let by = admin.initiator(&origin);
        let algorithm = body.0.algorithm.map(SigningAlgorithm::from);
        let usecases = self.0.clone();
        let rotation = run_to_end(async move {
            usecases.check_master_keys().await?;
            let rotation = usecases.rotate_keys.run(&by, algorithm).await?;
            usecases.follow_keys().await;
            Ok::<_, Problem>(rotation)
        });
        Ok(Read::new(RotatedKeys::new(rotation.await?)?))
    }

    /// Unpublish a signing key at once, because it leaked
    ///
    /// All tokens that it signed are refused from now on. Another key comes in
    /// place of one that signs or was to sign next.
    #[oai(path = "/:kid", method = "delete", operation_id = "revokeKey")]
    async fn revoke(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        /// The key's id.
        kid: Path<String>,
        /// Only if it is in this state: what the caller knows of it may be outdated.
        state: Query<Option<KeyStateName>>,
    ) -> Result<Read<RevokedKey>, Refusal<RevokeRefusals>> {
        let by = admin.initiator(&origin);
        let kid = kid.0.parse().map_err(|_| no_key())?;
        let confirmed = state.0.map(KeyStateName::into);
        let usecases = self.0.clone();
        let revoked = run_to_end(async move {
            if !usecases.maintain_keys.may_revoke(&kid).await? {
                return Err(master_key_missing());
            }
            let revoked = usecases.revoke_key.run(&by, &kid, confirmed).await?;
            usecases.follow_keys().await;
            Ok::<_, Problem>(RevokedKey::new(&kid, &revoked, usecases.list_keys.timings))
        });
        Ok(Read::new(revoked.await?))
    }
}

impl AdminUseCases {
    /// A key that this server makes must open on the others too.
    async fn check_master_keys(&self) -> Result<(), Problem> {
        let may = self.maintain_keys.may_make_keys().await?;
        may.then_some(()).ok_or_else(master_key_missing)
    }

    /// This server goes by the changed set at once; the others follow. The
    /// change is made, whatever becomes of that.
    async fn follow_keys(&self) {
        if let Err(error) = self.maintain_keys.run().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot reread the signing keys"
            );
        }
    }
}

impl From<RevokeError> for Problem {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::Unknown(_) => no_key(),
            RevokeError::Expired(_) => Self::conflict(
                "key_expired",
                "it has expired already: it is not published, and its private part is deleted",
            ),
            RevokeError::Changed { now, .. } => Self::conflict(
                "key_state_changed",
                format!("nothing was changed: the key is {} by now", now.as_str()),
            ),
            RevokeError::Keys(error) => error.into(),
        }
    }
}

fn master_key_missing() -> Problem {
    Problem::conflict(
        "master_key_missing",
        "this server has not all master keys that the stored keys want: start it with them, or \
         run the command where they are",
    )
}

fn no_key() -> Problem {
    Problem::not_found("there is no such signing key")
}

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::{
    OpenApi,
    param::{Path, Query},
};

use super::{
    AdminUseCases, BUSY, ItemRefusals, LAST_ADMIN, ListRefusals, NOT_FOUND,
    requests::{CreateUserRequest, UpdateUserRequest},
    user_items::{CreatedAccount, NewPassword},
};
use crate::{
    adapters::http::{
        Tag,
        account::{Account, Status},
        answers::{Created, Done, Read},
        bearer::{ADMINS_ONLY, Admin, UNAUTHORIZED},
        detached::run_to_end,
        json_body::JsonBody,
        page::{self, PageOf},
        problem::Problem,
        refusal::{
            BAD_REQUEST, Documented, INTERNAL_ERROR, REQUEST_TIMEOUT, Refusal, Refusals,
            UNAVAILABLE, UNSUPPORTED_MEDIA_TYPE, USER_TAKEN,
        },
    },
    domain::{Password, RequestOrigin, UserFilter, UserId},
    usecases::{FieldErrors, accounts::CreatedUser},
};

pub(in crate::adapters::http) struct UsersApi(pub(super) Arc<AdminUseCases>);

struct CreateUserRefusals;

impl Refusals for CreateUserRefusals {
    const LIST: &'static [Documented] = &[
        BAD_REQUEST,
        UNAUTHORIZED,
        ADMINS_ONLY,
        USER_TAKEN,
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        INTERNAL_ERROR,
        BUSY,
    ];
}

struct UpdateRefusals;

impl Refusals for UpdateRefusals {
    const LIST: &'static [Documented] = &[
        BAD_REQUEST,
        UNAUTHORIZED,
        ADMINS_ONLY,
        NOT_FOUND,
        (
            409,
            &["email_taken", "last_admin"],
            "`email_taken`: another account has it; or `last_admin`: nobody could administer the server any more",
        ),
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

struct DeleteRefusals;

impl Refusals for DeleteRefusals {
    const LIST: &'static [Documented] = &[
        UNAUTHORIZED,
        ADMINS_ONLY,
        NOT_FOUND,
        LAST_ADMIN,
        INTERNAL_ERROR,
        UNAVAILABLE,
    ];
}

struct ResetRefusals;

impl Refusals for ResetRefusals {
    const LIST: &'static [Documented] =
        &[UNAUTHORIZED, ADMINS_ONLY, NOT_FOUND, INTERNAL_ERROR, BUSY];
}

#[OpenApi(prefix_path = "/admin/users", tag = "Tag::Administration")]
impl UsersApi {
    /// List accounts
    ///
    /// The latest registered first.
    #[oai(path = "/", method = "get", operation_id = "listUsers")]
    async fn list(
        &self,
        _admin: Admin,
        /// How the username or the e-mail address begins, in any case; 1 to 254 characters.
        #[oai(validator(min_length = 1, max_length = 254))]
        search: Query<Option<String>>,
        /// A role that the accounts have.
        role: Query<Option<String>>,
        /// Whether they may log in.
        status: Query<Option<Status>>,
        /// How many, 1 to 100; by default 20.
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
        limit: Query<Option<u32>>,
        /// The `next_cursor` of the part before.
        cursor: Query<Option<String>>,
    ) -> Result<Read<PageOf<Account>>, Refusal<ListRefusals>> {
        let page = page::request(limit.0, cursor.0.as_deref())?;
        let mut errors = FieldErrors::default();
        let role = role.0.as_deref().map(|name| errors.parse("role", name));
        let filter = UserFilter {
            search: search.0,
            role: role.flatten(),
            status: status.0.map(Status::into),
        };
        let filter = errors
            .finish(Some(filter))
            .map_err(Problem::invalid_fields)?;
        let found = self.0.list_users.run(&filter, &page).await?;
        Ok(Read::new(PageOf::new(found, Account::from)))
    }

    /// Make an account
    ///
    /// The server makes its password, and shows it this once.
    #[oai(path = "/", method = "post", operation_id = "createUser")]
    async fn create(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        body: JsonBody<CreateUserRequest>,
    ) -> Result<Created<CreatedAccount>, Refusal<CreateUserRefusals>> {
        let by = admin.initiator(&origin);
        let create_user = self.0.create_user.clone();
        let account = body.0.into();
        let CreatedUser { user, password } =
            run_to_end(async move { create_user.run(&by, &account).await }).await?;
        Ok(Created::new(CreatedAccount::new(&user, &password)))
    }

    /// Read an account
    ///
    /// As its owner sees it.
    #[oai(path = "/:id", method = "get", operation_id = "getUser")]
    async fn get(
        &self,
        _admin: Admin,
        /// The account's id.
        id: Path<String>,
    ) -> Result<Read<Account>, Refusal<ItemRefusals>> {
        let user = self.0.find_user.run(user_id(&id)?).await?;
        Ok(Read::new(Account::from(user.ok_or_else(no_user)?)))
    }

    /// Change an account
    ///
    /// What is not sent stays as it is. Disabling it logs its owner out everywhere.
    #[oai(path = "/:id", method = "patch", operation_id = "updateUser")]
    async fn update(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        /// The account's id.
        id: Path<String>,
        body: JsonBody<UpdateUserRequest>,
    ) -> Result<Read<Account>, Refusal<UpdateRefusals>> {
        let (id, by) = (user_id(&id)?, admin.initiator(&origin));
        let update_user = self.0.update_user.clone();
        let changes = body.0.into();
        let user = run_to_end(async move { update_user.run(&by, id, &changes).await }).await?;
        Ok(Read::new(Account::from(user)))
    }

    /// Delete an account
    ///
    /// With its sessions. What the logs say of it stays.
    #[oai(path = "/:id", method = "delete", operation_id = "deleteUser")]
    async fn delete(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        /// The account's id.
        id: Path<String>,
    ) -> Result<Done, Refusal<DeleteRefusals>> {
        let (id, by) = (user_id(&id)?, admin.initiator(&origin));
        let delete_user = self.0.delete_user.clone();
        run_to_end(async move { delete_user.run(&by, id).await }).await?;
        Ok(Done::Done)
    }

    /// Give an account another password
    ///
    /// Logs the user out everywhere.
    #[oai(
        path = "/:id/password-reset",
        method = "post",
        operation_id = "resetPassword"
    )]
    async fn reset_password(
        &self,
        admin: Admin,
        origin: Data<&RequestOrigin>,
        /// The account's id.
        id: Path<String>,
    ) -> Result<Read<NewPassword>, Refusal<ResetRefusals>> {
        let (id, by) = (user_id(&id)?, admin.initiator(&origin));
        let reset_password = self.0.reset_password.clone();
        let password: Password =
            run_to_end(async move { reset_password.run(&by, id).await }).await?;
        Ok(Read::new(NewPassword::new(&password)))
    }
}

/// What is no id is nobody's.
pub(super) fn user_id(text: &str) -> Result<UserId, Problem> {
    text.parse().map_err(|_| no_user())
}

pub(super) fn no_user() -> Problem {
    Problem::not_found("there is no such account")
}

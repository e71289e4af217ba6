use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;

use super::{
    Tag,
    account::Account,
    answers::{Done, Read},
    bearer::{FORBIDDEN, Me, UNAUTHORIZED},
    detached::run_to_end,
    json_body::JsonBody,
    my_requests::{ChangePasswordRequest, CloseAccountRequest, UpdateMeRequest},
    problem::Problem,
    refusal::{
        ACCOUNT_THROTTLED, BAD_REQUEST, Documented, INTERNAL_ERROR, REQUEST_TIMEOUT, Refusal,
        Refusals, TOO_MANY_REQUESTS, UNAVAILABLE, UNSUPPORTED_MEDIA_TYPE,
    },
};
use crate::{
    domain::RequestOrigin,
    ports::{DeleteUserError, RateScope, SetPasswordError},
    usecases::{
        AdmitRequest, Initiator,
        accounts::{
            ChangePassword, ChangePasswordError, ChangeUserError, CloseAccount, CloseAccountError,
            UpdateUser,
        },
        tokens::{AuthorizeUserError, InvalidToken},
    },
};

pub(super) struct MeApi {
    pub(super) admit_request: Arc<AdmitRequest>,
    pub(super) update_user: Arc<UpdateUser>,
    pub(super) change_password: Arc<ChangePassword>,
    pub(super) close_account: Arc<CloseAccount>,
}

/// What every operation that checks the user's password may refuse.
const WRONG_PASSWORD: Documented = (
    403,
    &["wrong_password", "not_a_user"],
    "`wrong_password`: it is not the account's; `not_a_user`: the access token is a service client's",
);
const BUSY: Documented = (
    503,
    &["busy", "unavailable"],
    "`busy`: too many passwords are waiting to be checked; or `unavailable`: the database does not answer, or requests cannot be counted",
);

struct GetRefusals;

impl Refusals for GetRefusals {
    const LIST: &'static [Documented] = &[UNAUTHORIZED, FORBIDDEN, INTERNAL_ERROR, UNAVAILABLE];
}

struct UpdateRefusals;

impl Refusals for UpdateRefusals {
    const LIST: &'static [Documented] = &[
        BAD_REQUEST,
        UNAUTHORIZED,
        FORBIDDEN,
        (
            409,
            &["email_taken"],
            "`email_taken`: another account has it",
        ),
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        TOO_MANY_REQUESTS,
        INTERNAL_ERROR,
        (
            503,
            &["unavailable"],
            "`unavailable`: the database does not answer, or requests cannot be counted",
        ),
    ];
}

struct PasswordRefusals;

impl Refusals for PasswordRefusals {
    const LIST: &'static [Documented] = &[
        (
            400,
            &["invalid_request"],
            "`invalid_request`: the body is not JSON of the documented form, or the new password is too easy to guess; `errors` names the fields",
        ),
        UNAUTHORIZED,
        WRONG_PASSWORD,
        (
            409,
            &["password_changed"],
            "`password_changed`: somebody else changed it meanwhile",
        ),
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        ACCOUNT_THROTTLED,
        INTERNAL_ERROR,
        BUSY,
    ];
}

struct CloseRefusals;

impl Refusals for CloseRefusals {
    const LIST: &'static [Documented] = &[
        BAD_REQUEST,
        UNAUTHORIZED,
        WRONG_PASSWORD,
        (
            409,
            &["last_admin", "password_changed"],
            "`last_admin`: nobody could administer the server any more; `password_changed`: somebody else changed the password meanwhile",
        ),
        REQUEST_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        ACCOUNT_THROTTLED,
        INTERNAL_ERROR,
        BUSY,
    ];
}

#[OpenApi(tag = "Tag::Accounts")]
impl MeApi {
    /// Who am I?
    ///
    /// The account behind the access token.
    #[oai(path = "/me", method = "get", operation_id = "getMe")]
    async fn get(&self, Me(me): Me) -> Result<Read<Account>, Refusal<GetRefusals>> {
        Ok(Read::new(Account::from(me.user)))
    }

    /// Change my account
    ///
    /// The access token is enough: no mail is sent, and no password is reset by mail.
    /// How often one account is changed is limited.
    #[oai(path = "/me", method = "patch", operation_id = "updateMe")]
    async fn update(
        &self,
        Me(me): Me,
        origin: Data<&RequestOrigin>,
        body: JsonBody<UpdateMeRequest>,
    ) -> Result<Read<Account>, Refusal<UpdateRefusals>> {
        let admit_request = &self.admit_request;
        admit_request
            .change(RateScope::AccountUpdate, me.user.id)
            .await?;
        let (user, by) = (me.user.id, Initiator::user(me.user.id, &origin));
        let changes = body.0.into();
        let update_user = self.update_user.clone();
        let updated = run_to_end(async move { update_user.run(&by, user, &changes).await }).await;
        match updated {
            Ok(user) => Ok(Read::new(Account::from(user))),
            Err(ChangeUserError::NotFound) => Err(account_gone().into()),
            Err(error) => Err(error.into()),
        }
    }

    /// Change my password
    ///
    /// Ends my other sessions.
    #[oai(
        path = "/me/password",
        method = "post",
        operation_id = "changeMyPassword"
    )]
    async fn change_password(
        &self,
        Me(me): Me,
        origin: Data<&RequestOrigin>,
        body: JsonBody<ChangePasswordRequest>,
    ) -> Result<Done, Refusal<PasswordRefusals>> {
        let origin = origin.0.clone();
        let passwords = body.0.into();
        let change_password = self.change_password.clone();
        run_to_end(async move { change_password.run(&origin, &me, passwords).await }).await?;
        Ok(Done::Done)
    }

    /// Close my account
    ///
    /// Deletes it with its sessions. What the logs say of it stays.
    #[oai(path = "/me", method = "delete", operation_id = "closeMyAccount")]
    async fn close(
        &self,
        Me(me): Me,
        origin: Data<&RequestOrigin>,
        body: JsonBody<CloseAccountRequest>,
    ) -> Result<Done, Refusal<CloseRefusals>> {
        let origin = origin.0.clone();
        let password = body.0.into_password();
        let close_account = self.close_account.clone();
        run_to_end(async move { close_account.run(&origin, &me.user, password).await }).await?;
        Ok(Done::Done)
    }
}

/// The account was deleted since the token was checked, and its sessions with it.
fn account_gone() -> Problem {
    AuthorizeUserError::Invalid(InvalidToken::SessionOver).into()
}

impl From<ChangePasswordError> for Problem {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Invalid(errors) => Self::invalid_fields(errors),
            ChangePasswordError::Current(error) => error.into(),
            ChangePasswordError::Refused(error) => error.into(),
            ChangePasswordError::Meter(error) => error.into(),
            ChangePasswordError::Hash(error) => error.into(),
            ChangePasswordError::Set(SetPasswordError::NotFound) => account_gone(),
            ChangePasswordError::Set(SetPasswordError::Changed) => Self::password_changed(),
            ChangePasswordError::Set(SetPasswordError::Storage(error)) => error.into(),
        }
    }
}

impl From<CloseAccountError> for Problem {
    fn from(error: CloseAccountError) -> Self {
        match error {
            CloseAccountError::Invalid(errors) => Self::invalid_fields(errors),
            CloseAccountError::Password(error) => error.into(),
            CloseAccountError::Delete(DeleteUserError::NotFound) => account_gone(),
            CloseAccountError::Delete(error) => error.into(),
        }
    }
}

use std::sync::Arc;

use thiserror::Error;

use super::{AuthorizeUser, AuthorizeUserError, AuthorizedUser};

/// Finds the admin who presents an access token. What counts is the account as
/// it is now, not the roles in the token.
pub struct AuthorizeAdmin {
    pub authorize_user: Arc<AuthorizeUser>,
}

#[derive(Debug, Error)]
pub enum AuthorizeAdminError {
    #[error(transparent)]
    User(#[from] AuthorizeUserError),
    #[error("the account has not the role `admin`")]
    NotAnAdmin,
}

impl AuthorizeAdmin {
    pub async fn run(&self, token: &str) -> Result<AuthorizedUser, AuthorizeAdminError> {
        let authorized = self.authorize_user.run(token).await?;
        if authorized.user.is_admin() {
            Ok(authorized)
        } else {
            Err(AuthorizeAdminError::NotAnAdmin)
        }
    }
}

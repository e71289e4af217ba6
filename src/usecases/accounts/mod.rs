//! Accounts: what their owners, admins and commands do with them.

mod change_password;
mod close_account;
mod confirm_password;
mod create_user;
mod delete_user;
mod find_user;
mod import_users;
mod line_fields;
mod list_users;
mod password_judge;
mod rate_password;
mod refused_line;
mod register_user;
mod reset_password;
mod update_user;
mod user_record;

pub use change_password::{ChangePassword, ChangePasswordError, PasswordPair};
pub use close_account::{CloseAccount, CloseAccountError};
pub use confirm_password::{ConfirmPassword, ConfirmPasswordError};
pub use create_user::{CreateUser, CreateUserError, CreatedUser, NewAccount};
pub use delete_user::DeleteUser;
pub use find_user::FindUser;
pub use import_users::{ImportMode, ImportUsers, NamesSoFar};
pub use list_users::ListUsers;
pub use password_judge::{JudgeError, PasswordJudge};
pub use rate_password::{RatePassword, RatePasswordError};
pub use refused_line::RefusedLine;
pub use register_user::{RegisterUser, RegisterUserError, RegisteredUser, Registration};
pub use reset_password::{ResetPassword, ResetPasswordError};
pub use update_user::{ChangeUserError, UpdateUser, UserChanges};
pub use user_record::UserRecord;

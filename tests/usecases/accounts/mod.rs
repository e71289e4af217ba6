//! What users do with their own accounts.

mod change_password;
mod close_account;
mod confirm_password;
mod fixture;
mod register_user;

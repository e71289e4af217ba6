//! Answers that several operations give.

use poem_openapi::{ApiResponse, payload::Json, types::ToJSON};

pub(super) const NO_STORE: &str = "no-store";

#[derive(ApiResponse)]
pub(super) enum Read<T: ToJSON> {
    /// What was asked for
    #[oai(status = 200)]
    Ok(
        Json<T>,
        /// `no-store`: it is for this user alone
        #[oai(header = "Cache-Control")]
        String,
    ),
}

impl<T: ToJSON> Read<T> {
    pub(super) fn new(body: T) -> Self {
        Self::Ok(Json(body), NO_STORE.to_owned())
    }
}

#[derive(ApiResponse)]
pub(super) enum Created<T: ToJSON> {
    /// It was made
    #[oai(status = 201)]
    Ok(
        Json<T>,
        /// `no-store`: what is secret in it must stay in no cache
        #[oai(header = "Cache-Control")]
        String,
    ),
}

impl<T: ToJSON> Created<T> {
    pub(super) fn new(body: T) -> Self {
        Self::Ok(Json(body), NO_STORE.to_owned())
    }
}

#[derive(ApiResponse)]
pub(super) enum Done {
    /// It is done
    #[oai(status = 204)]
    Done,
}

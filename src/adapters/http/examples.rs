//! What the examples in the API's description have in common.

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(super) const USER: Uuid = Uuid::from_u128(0x5f0c_6d2e_7a39_4c1b_8d52_9e0f_a1b2_c3d4);
pub(super) const SESSION: Uuid = Uuid::from_u128(0x8a1e_0c57_34b2_4f6d_9b7a_2d5c_e0f1_6a83);
pub(super) const ACCESS_TOKEN: &str = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl";
pub(super) const REFRESH_TOKEN: &str = "signet_rt_AAAAAV8MbS56OUwbjVKeD6GyxNQAAAABq1x";
pub(super) const ADDRESS: &str = "203.0.113.7";
pub(super) const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101";
pub(super) const REQUEST_ID: &str = "c7b3d8a4-11d5-4e0a-9f6c-53b0e2a7d918";
pub(super) const CLIENT_ID: &str = "e2d7f3b0-9c46-4a58-b1e3-7f2a6c0d5b94";
/// The thumbprint of the key that the key set's example shows.
pub(super) const KID: &str = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U";
pub(super) const NEXT_KID: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbW";
/// Of a list whose next part begins after a user.
pub(super) const CURSOR: &str = "MTc5MzYxMTgwMDAwMDAwMC41ZjBjNmQyZQ";

/// Of 2 November 2026, 9:30.
pub(super) fn earlier() -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(1_793_611_800_000_000_000)
}

/// Three days later.
pub(super) fn later() -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(1_793_898_761_000_000_000)
}

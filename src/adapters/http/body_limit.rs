use poem::{
    Request,
    http::StatusCode,
    web::headers::{ContentLength, HeaderMapExt},
};

use super::{json_body::MAX_BODY_BYTES, problem::Problem};

/// Refuses a body that says it is too large, whatever its path, before a byte
/// of it is read. One that does not say so is cut off by whoever reads it.
pub(super) fn check(request: &Request) -> Result<(), Problem> {
    let length = request.headers().typed_get::<ContentLength>();
    if length.is_some_and(|length| length.0 > MAX_BODY_BYTES as u64) {
        return Err(Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE));
    }
    Ok(())
}

//! Who asks, under which id; and refusals put into their form.

use std::sync::Arc;

use poem::{
    Endpoint, IntoResponse, Request, Response, Result,
    http::{HeaderValue, StatusCode, header},
};
use tracing::Instrument;

use super::{
    Paths,
    client_ip::ClientIpPolicy,
    oauth,
    problem::{self, Problem},
    report::Reports,
    traceparent::TraceId,
};
use crate::{
    domain::{RequestId, RequestOrigin, UserAgent},
    ports::Entropy,
};

pub(super) const REQUEST_ID_HEADER: &str = "X-Request-Id";

/// Bytes of a path that the log holds: every line of a request repeats it, and a
/// request line may have 64 KiB.
const LOGGED_PATH: usize = 256;

pub(super) struct ContextLayer {
    pub(super) client_ip: ClientIpPolicy,
    pub(super) entropy: Arc<dyn Entropy>,
    /// `None` where nobody wants them.
    pub(super) reports: Option<Reports>,
}

/// Gives the request its [`RequestOrigin`] and the answer its request id.
pub(super) async fn provide<E: Endpoint>(
    inner: Arc<E>,
    mut request: Request,
    layer: Arc<ContextLayer>,
) -> Result<Response> {
    let origin = layer.origin_of(&request);
    let request_id = origin.request_id.clone();
    let path = request.uri().path();
    let trace_id = TraceId::of(request.headers());
    let span = tracing::info_span!(
        "request",
        id = %request_id,
        method = %request.method(),
        path = &path[..path.floor_char_boundary(LOGGED_PATH)],
        client = %origin.address,
        trace_id = trace_id.as_ref().map(TraceId::as_str),
    );
    let reports = layer.reports.as_ref();
    let report = reports.map(|it| (it, it.begin(&request, &origin, trace_id.as_ref())));
    request.set_data(origin);
    span.in_scope(|| tracing::debug!("accepted"));
    let mut response = inner.get_response(request).instrument(span.clone()).await;
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), "answered"));
    if let Ok(value) = HeaderValue::from_str(request_id.as_str()) {
        response.headers_mut().insert(REQUEST_ID_HEADER, value);
    }
    if let Some((reports, report)) = report {
        reports.answered(report, &mut response);
    }
    Ok(response)
}

/// Turns whatever is refused further in, by handlers or by the framework, into
/// problem details.
pub(super) async fn render_problems<E: Endpoint>(
    inner: Arc<E>,
    request: Request,
    paths: Arc<Paths>,
) -> Result<Response> {
    let request_id = origin(&request).request_id.clone();
    let path = request.uri().path().to_owned();
    let problem = match inner.call(request).await {
        Ok(output) => {
            let response = output.into_response();
            let status = response.status();
            let refused = status.is_client_error() || status.is_server_error();
            if !refused || response.content_type() == Some(problem::CONTENT_TYPE) {
                return Ok(response);
            }
            Problem::of_status(status)
        }
        Err(error) => Problem::from_error(&error),
    };
    let allowed = (problem.status_code() == StatusCode::METHOD_NOT_ALLOWED)
        .then(|| paths.allow(&path))
        .flatten();
    let problem = match allowed {
        Some(allow) => problem.header(header::ALLOW, allow),
        None => problem,
    };
    Ok(render(&problem, &path, &request_id))
}

/// A refusal in the form of its path.
pub(super) fn render(problem: &Problem, path: &str, request_id: &RequestId) -> Response {
    if oauth::answers_as_oauth(path) {
        oauth::render(problem)
    } else {
        problem.render(request_id)
    }
}

/// The origin that [`provide`] gave the request.
pub(super) fn origin(request: &Request) -> &RequestOrigin {
    request
        .data::<RequestOrigin>()
        .expect("the context layer wraps every layer that asks for it")
}

impl ContextLayer {
    fn origin_of(&self, request: &Request) -> RequestOrigin {
        let user_agent = request.headers().get(header::USER_AGENT);
        RequestOrigin {
            address: self.client_ip.address_of(request),
            user_agent: user_agent
                .map(|value| UserAgent::new(&String::from_utf8_lossy(value.as_bytes()))),
            request_id: self.request_id_of(request),
        }
    }

    /// The caller's id where it is a sane one, otherwise a new UUID.
    fn request_id_of(&self, request: &Request) -> RequestId {
        request
            .header(REQUEST_ID_HEADER)
            .and_then(|value| value.parse().ok())
            .unwrap_or_else(|| RequestId::from(self.entropy.uuid()))
    }
}

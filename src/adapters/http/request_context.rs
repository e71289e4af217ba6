//! Who asks, under which id; and refusals put into their form.

use std::sync::Arc;

use poem::{
    Request, Response,
    http::{HeaderValue, header},
};
use tracing::Span;

use super::{
    client_ip::ClientIpPolicy,
    oauth,
    problem::Problem,
    report::{Report, Reports},
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

/// A request that is being answered.
pub(super) struct Context<'a> {
    request_id: RequestId,
    span: Span,
    report: Option<(&'a Reports, Report)>,
}

impl ContextLayer {
    /// Gives the request its [`RequestOrigin`].
    pub(super) fn enter(&self, request: &mut Request) -> Context<'_> {
        let origin = self.origin_of(request);
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
        let reports = self.reports.as_ref();
        let report = reports.map(|it| (it, it.begin(request, &origin, trace_id.as_ref())));
        request.set_data(origin);
        span.in_scope(|| tracing::debug!("accepted"));
        Context {
            request_id,
            span,
            report,
        }
    }

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

impl Context<'_> {
    /// What is logged on the request's way is logged within it.
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Gives the answer its request id, and tells of it.
    pub(super) fn leave(self, response: &mut Response) {
        let status = response.status().as_u16();
        self.span.in_scope(|| tracing::debug!(status, "answered"));
        if let Ok(value) = HeaderValue::from_str(self.request_id.as_str()) {
            response.headers_mut().insert(REQUEST_ID_HEADER, value);
        }
        if let Some((reports, report)) = self.report {
            reports.answered(report, response);
        }
    }
}

/// A refusal in the form of its path.
pub(super) fn render(problem: &Problem, path: &str, request_id: &RequestId) -> Response {
    if oauth::answers_as_oauth(path) {
        oauth::render(problem)
    } else {
        problem.render(request_id)
    }
}

/// The origin that [`ContextLayer::enter`] gave the request.
pub(super) fn origin(request: &Request) -> &RequestOrigin {
    request
        .data::<RequestOrigin>()
        .expect("the context layer wraps every layer that asks for it")
}

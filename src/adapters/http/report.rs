//! What is told of every answer: to whoever counts them, and in the access log.

use std::{sync::Arc, time::Duration};

use poem::{Body, Request, Response, http::Method};

use super::{
    Paths,
    access_log::{Counted, Line},
    traceparent::TraceId,
};
use crate::{
    domain::{MonotonicTime, RequestOrigin},
    ports::Clock,
};

/// An answer as it is counted. Of all of it there are few: whatever is asked for,
/// nobody can make up another route, method or status.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The path's template, like `/users/{id}`, or `unmatched`.
    pub route: Arc<str>,
    pub method: &'static str,
    pub status: u16,
    /// Until the answer began.
    pub took: Duration,
}

/// Whoever counts answers. It is called on the way of each, and MUST not wait.
pub trait RequestMeter: Send + Sync {
    fn answered(&self, answer: Answered);
}

pub(super) struct Reports {
    pub(super) paths: Arc<Paths>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) meter: Option<Arc<dyn RequestMeter>>,
    pub(super) access_log: bool,
}

/// What will be told of a request that is being answered.
pub(super) struct Report {
    route: Arc<str>,
    method: &'static str,
    begun: MonotonicTime,
    line: Option<Line>,
}

impl Reports {
    pub(super) fn begin(
        &self,
        request: &Request,
        origin: &RequestOrigin,
        trace_id: Option<&TraceId>,
    ) -> Report {
        let route = self.paths.template(request.uri().path());
        let method = method_name(request.method());
        let begun = self.clock.monotonic();
        let line = self.access_log.then(|| Line {
            clock: self.clock.clone(),
            begun,
            client: origin.address,
            request_id: origin.request_id.clone(),
            trace_id: trace_id.cloned(),
            method,
            route: route.clone(),
            status: None,
            bytes: 0,
        });
        Report {
            route,
            method,
            begun,
            line,
        }
    }

    pub(super) fn answered(&self, report: Report, response: &mut Response) {
        let status = response.status().as_u16();
        if let Some(meter) = &self.meter {
            meter.answered(Answered {
                route: report.route,
                method: report.method,
                status,
                took: self.clock.monotonic().since(report.begun),
            });
        }
        if let Some(mut line) = report.line {
            line.status = Some(status);
            let body = response.take_body();
            response.set_body(Body::from(Counted::of(body, line)));
        }
    }
}

/// The method's name; one name for all that HTTP itself does not have.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

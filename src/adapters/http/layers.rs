use std::sync::Arc;

use poem::{
    Endpoint, EndpointExt, IntoEndpoint, IntoResponse, Request, Response, Result,
    http::{StatusCode, header, uri::Scheme},
    middleware::CatchPanic,
};
use tracing::Instrument;

use super::{
    HttpSettings, Paths, body_limit,
    cors::Cors,
    problem::{self, Problem},
    rate_limit::Limit,
    report::Reports,
    request_context::{ContextLayer, origin, render},
    security_headers,
};
use crate::{adapters::waiting, usecases::AdmitRequest};

/// Puts around the routes what every request passes, from the outermost inwards: security
/// headers, the request's context, CORS, so that a page may read a refusal, the rate limit, and
/// problem details, of a body that is too large, too. `paths` are those of the routes.
pub fn layered<E>(
    routes: E,
    paths: Paths,
    admit_request: Arc<AdmitRequest>,
    settings: HttpSettings,
) -> impl Endpoint<Output = Response> + use<E>
where
    E: IntoEndpoint,
    E::Endpoint: 'static,
{
    let paths = Arc::new(paths);
    let reported = settings.access_log || settings.meter.is_some();
    let reports = reported.then(|| Reports {
        paths: paths.clone(),
        clock: settings.clock,
        meter: settings.meter,
        access_log: settings.access_log,
    });
    Layers {
        context: ContextLayer {
            client_ip: settings.client_ip,
            entropy: settings.entropy,
            reports,
        },
        cors: Cors::new(settings.cors_origins),
        admit_request,
        paths,
        routes: routes.with(CatchPanic::new()),
    }
}

/// One endpoint: of several within each other each would keep the request in its state, of
/// some 500 bytes, several times.
struct Layers<E> {
    context: ContextLayer,
    cors: Cors,
    admit_request: Arc<AdmitRequest>,
    paths: Arc<Paths>,
    routes: E,
}

impl<E: Endpoint> Endpoint for Layers<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let is_secure = *request.scheme() == Scheme::HTTPS;
        let context = self.context.enter(&mut request);
        let answer = self.across_origins(request).instrument(context.span());
        let mut response = waiting::from_now(answer).await;
        context.leave(&mut response);
        security_headers::add(response.headers_mut(), is_secure);
        Ok(response)
    }
}

impl<E: Endpoint> Layers<E> {
    async fn across_origins(&self, request: Request) -> Response {
        let sharing = self.cors.judge(&request);
        let mut response = match sharing.preflight_answer() {
            Some(answer) => answer,
            None => self.within_limits(request).await,
        };
        sharing.tell(response.headers_mut());
        response
    }

    /// Judges requests to limited operations before anything of them is read.
    async fn within_limits(&self, request: Request) -> Response {
        let limit = Limit::of(&request);
        let judged = match limit {
            Some(limit) => limit.judge(&self.admit_request).await,
            None => None,
        };
        let Some(judged) = judged else {
            return self.in_form(request).await;
        };
        let mut response = match judged.refusal() {
            Some(problem) => {
                let request_id = &origin(&request).request_id;
                render(&problem, request.uri().path(), request_id)
            }
            None => self.in_form(request).await,
        };
        judged.tell(response.headers_mut());
        response
    }

    /// Turns whatever is refused, by handlers or by the framework, into problem details.
    async fn in_form(&self, request: Request) -> Response {
        let request_id = origin(&request).request_id.clone();
        let path = request.uri().path().to_owned();
        let answer = match body_limit::check(&request) {
            Ok(()) => self.routes.call(request).await,
            Err(problem) => Err(problem.into()),
        };
        let problem = match answer.map(IntoResponse::into_response) {
            Ok(response) if !problem::is_wanting(&response) => return response,
            Ok(response) => Problem::of_status(response.status()),
            Err(error) => Problem::from_error(&error),
        };
        let allowed = (problem.status_code() == StatusCode::METHOD_NOT_ALLOWED)
            .then(|| self.paths.allow(&path))
            .flatten();
        let problem = match allowed {
            Some(allow) => problem.header(header::ALLOW, allow),
            None => problem,
        };
        render(&problem, &path, &request_id)
    }
}

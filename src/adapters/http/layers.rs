use std::sync::Arc;

use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, middleware::CatchPanic};

use super::{
    HttpSettings, Paths, body_limit, cors::Cors, rate_limit, report::Reports, request_context,
    security_headers,
};
use crate::{adapters::waiting, usecases::AdmitRequest};

/// Puts the layers that every request passes around the routes; from the
/// outermost inwards: security headers, request context, CORS, rate limit, problem
/// details, body limit. `paths` are those of the routes.
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
    let cors = Arc::new(Cors::new(settings.cors_origins));
    let reported = settings.access_log || settings.meter.is_some();
    let reports = reported.then(|| Reports {
        paths: paths.clone(),
        clock: settings.clock,
        meter: settings.meter,
        access_log: settings.access_log,
    });
    let context = Arc::new(request_context::ContextLayer {
        client_ip: settings.client_ip,
        entropy: settings.entropy,
        reports,
    });
    routes
        .with(CatchPanic::new())
        .around(body_limit::check)
        .around(move |inner, request| {
            request_context::render_problems(inner, request, paths.clone())
        })
        .around(move |inner, request| rate_limit::admit(inner, request, admit_request.clone()))
        .around(move |inner, request| Cors::apply(cors.clone(), inner, request))
        .around(move |inner, request| {
            waiting::from_now(request_context::provide(inner, request, context.clone()))
        })
        .around(security_headers::add)
        .map_to_response()
}

//! Cross-origin requests (the Fetch standard's CORS protocol). poem's own
//! middleware refuses every request with an `Origin` that it does not know, the
//! page's own origin included, and never answers `*`; this one only adds headers.

use std::{collections::HashSet, sync::Arc};

use poem::{
    Endpoint, Request, Response, Result,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};

use super::{request_context::REQUEST_ID_HEADER, security_headers};

/// What anyone's page may read: the public keys and the metadata.
const PUBLIC_PATHS: [&str; 2] = [
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
];

pub(super) struct Cors {
    origins: HashSet<String>,
}

impl Cors {
    pub(super) fn new(origins: Vec<String>) -> Self {
        Self {
            origins: origins.into_iter().collect(),
        }
    }

    pub(super) async fn apply<E: Endpoint>(
        cors: Arc<Self>,
        inner: Arc<E>,
        request: Request,
    ) -> Result<Response> {
        let allowed = cors.allowed_origin(&request);
        let preflight = request.method() == Method::OPTIONS
            && request
                .headers()
                .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        let public = PUBLIC_PATHS.contains(&request.uri().path());
        let varies = !cors.origins.is_empty() && !public;
        let mut response = match &allowed {
            Some(_) if preflight => preflight_answer(),
            _ => inner.get_response(request).await,
        };
        let headers = response.headers_mut();
        if varies {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(origin) = allowed {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            expose(headers);
        }
        if public {
            security_headers::load_from_anywhere(headers);
        }
        Ok(response)
    }

    /// What `Access-Control-Allow-Origin` says to this request, if anything.
    fn allowed_origin(&self, request: &Request) -> Option<HeaderValue> {
        if PUBLIC_PATHS.contains(&request.uri().path()) {
            return Some(HeaderValue::from_static("*"));
        }
        let origin = request.headers().get(header::ORIGIN)?;
        let known = origin.to_str().is_ok_and(|o| self.origins.contains(o));
        known.then(|| origin.clone())
    }
}

fn preflight_answer() -> Response {
    Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, HEAD, POST, PATCH, PUT, DELETE",
        )
        .header(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            format!("Authorization, Content-Type, If-None-Match, {REQUEST_ID_HEADER}"),
        )
        .header(header::ACCESS_CONTROL_MAX_AGE, "600")
        .finish()
}

fn expose(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(
            "ETag, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id",
        ),
    );
}

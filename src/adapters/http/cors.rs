//! Cross-origin requests (the Fetch standard's CORS protocol). poem's own
//! middleware refuses every request with an `Origin` that it does not know, the
//! page's own origin included, and never answers `*`; this one only adds headers.

use std::collections::HashSet;

use poem::{
    Request, Response,
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

    pub(super) fn judge(&self, request: &Request) -> Sharing {
        let is_public = PUBLIC_PATHS.contains(&request.uri().path());
        Sharing {
            with: self.allowed_origin(request, is_public),
            is_preflight: request.method() == Method::OPTIONS
                && request
                    .headers()
                    .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD),
            is_public,
            varies: !self.origins.is_empty() && !is_public,
        }
    }

    /// What `Access-Control-Allow-Origin` says to this request, if anything.
    fn allowed_origin(&self, request: &Request, is_public: bool) -> Option<HeaderValue> {
        if is_public {
            return Some(HeaderValue::from_static("*"));
        }
        let origin = request.headers().get(header::ORIGIN)?;
        let known = origin.to_str().is_ok_and(|o| self.origins.contains(o));
        known.then(|| origin.clone())
    }
}

/// With whose pages an answer is shared.
pub(super) struct Sharing {
    with: Option<HeaderValue>,
    is_preflight: bool,
    is_public: bool,
    varies: bool,
}

impl Sharing {
    /// To a browser that asks whether a page may ask.
    pub(super) fn preflight_answer(&self) -> Option<Response> {
        (self.is_preflight && self.with.is_some()).then(preflight_answer)
    }

    pub(super) fn tell(self, headers: &mut HeaderMap) {
        if self.varies {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(origin) = self.with {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            expose(headers);
        }
        if self.is_public {
            security_headers::load_from_anywhere(headers);
        }
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

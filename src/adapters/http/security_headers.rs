//! What browsers are told with the API's answers: the strictest, but for what an
//! answer needs.

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_STANDARD};
use poem::http::{HeaderMap, HeaderName, HeaderValue, header};
use sha2::{Digest, Sha256};

use crate::adapters::security_headers::{RESOURCE_POLICY, STRICTEST};

static STRICTEST_HEADERS: LazyLock<[(HeaderName, HeaderValue); STRICTEST.len()]> =
    LazyLock::new(|| {
        STRICTEST.map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
    });

/// For two years: by TLS alone (RFC 6797). Other hosts of the domain are not this
/// server's business.
const TLS_ALONE: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Gives an answer those that it does not have yet. Its request may have come by TLS.
pub(super) fn add(headers: &mut HeaderMap, is_secure: bool) {
    for (name, value) in STRICTEST_HEADERS.iter() {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if is_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TLS_ALONE);
    }
}

/// Lets pages of other origins load the answer without CORS, too.
pub(super) fn load_from_anywhere(headers: &mut HeaderMap) {
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
}

/// The policy of a page that holds its scripts and styles itself: these and no
/// others run, and nothing is asked of another host. Elements that its scripts
/// make may have styles of their own; those cannot be named by a digest.
pub(super) fn policy_of_page(html: &str) -> String {
    let (mut scripts, mut styles) = (String::new(), String::new());
    for (name, content) in Elements(html) {
        let digest = BASE64_STANDARD.encode(Sha256::digest(content));
        let sources = if name == SCRIPT {
            &mut scripts
        } else {
            &mut styles
        };
        // CSP level 3 §2.3.1.
        for part in [" 'sha256-", &digest, "'"] {
            sources.push_str(part);
        }
    }
    format!(
        "default-src 'none'; script-src{scripts}; style-src-elem{styles}; \
         style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

const SCRIPT: &str = "script";
const STYLE: &str = "style";

/// A page's scripts and styles in their order, by name and content. What they
/// hold is text, in which the start of another one means nothing.
struct Elements<'a>(&'a str);

impl<'a> Iterator for Elements<'a> {
    type Item = (&'static str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let starts = [SCRIPT, STYLE].map(|name| (self.0.find(&format!("<{name}")), name));
        let (at, name) = starts
            .into_iter()
            .filter_map(|(at, name)| Some((at?, name)))
            .min()?;
        let (_, rest) = self.0[at..].split_once('>')?;
        let (content, rest) = rest.split_once(&format!("</{name}>"))?;
        self.0 = rest;
        Some((name, content))
    }
}

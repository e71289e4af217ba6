//! What tells browsers to make of an answer no more than it is: one list for all
//! that answer.

/// Absent, it means `cross-origin`. It is asked of requests without CORS alone,
/// like those of an `<img>` or a `<script>`: what CORS allows is not touched.
pub(super) const RESOURCE_POLICY: &str = "cross-origin-resource-policy";

/// What an answer has that wants nothing else: names and values. Whoever makes a
/// page of it gets nothing to load, to run or to frame.
pub(super) const STRICTEST: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    // For browsers that do not know `frame-ancestors`.
    ("x-frame-options", "DENY"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (RESOURCE_POLICY, "same-origin"),
];

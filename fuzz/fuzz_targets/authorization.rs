//! No `Authorization` header is too odd to be refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use poem::http::Method;
use signet_fuzz::server::{Question, SERVER};

const PATHS: [(Method, &str); 5] = [
    (Method::GET, "/me"),
    (Method::GET, "/admin/users"),
    (Method::POST, "/token"),
    (Method::POST, "/introspect"),
    (Method::POST, "/revoke"),
];

fuzz_target!(|header: &[u8]| {
    for (method, path) in PATHS {
        SERVER.ask(&Question {
            method,
            path,
            headers: vec![
                ("authorization", header),
                ("content-type", b"application/x-www-form-urlencoded"),
            ],
            body: b"grant_type=client_credentials&token=abc",
        });
    }
});

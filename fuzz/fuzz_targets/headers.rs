//! No header is too odd to be refused or passed over.

#![no_main]

use libfuzzer_sys::fuzz_target;
use poem::http::Method;
use signet_fuzz::server::{Question, SERVER};

const NAMES: [&str; 9] = [
    "x-request-id",
    "user-agent",
    "content-type",
    "accept",
    "origin",
    "access-control-request-method",
    "if-none-match",
    "traceparent",
    "host",
];

// Lines are the headers' values, in the order of their names.
fuzz_target!(|input: &[u8]| {
    let lines = input.split(|byte| *byte == b'\n');
    let mut headers: Vec<_> = NAMES.into_iter().zip(lines).collect();
    // Other characters in a tag trip an assertion of the `headers` crate that only
    // builds with debug assertions have, as these are.
    headers
        .retain(|(name, value)| *name != "if-none-match" || value.iter().all(u8::is_ascii_graphic));
    for (method, path, body) in [
        (Method::GET, "/.well-known/jwks.json", "".as_bytes()),
        (Method::OPTIONS, "/auth", b""),
        (
            Method::POST,
            "/auth",
            b"{\"username\":\"eve\",\"password\":\"eve\"}",
        ),
    ] {
        SERVER.ask(&Question {
            method,
            path,
            headers: headers.clone(),
            body,
        });
    }
});

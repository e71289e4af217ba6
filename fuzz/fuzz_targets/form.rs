//! No form is too odd for the endpoints of OAuth to be refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use poem::http::Method;
use signet_fuzz::server::{Question, SERVER};

fuzz_target!(|body: &[u8]| {
    for path in ["/token", "/introspect", "/revoke"] {
        SERVER.ask(&Question {
            method: Method::POST,
            path,
            headers: vec![("content-type", b"application/x-www-form-urlencoded")],
            body,
        });
    }
});

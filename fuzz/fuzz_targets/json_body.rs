//! No body is too odd to be refused, whoever sends it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use poem::http::Method;
use signet_fuzz::server::{Question, SERVER};

/// `{id}` is nobody's: a right one would let the admin change themselves.
const OPERATIONS: [(Method, &str); 10] = [
    (Method::POST, "/register"),
    (Method::POST, "/auth"),
    (Method::POST, "/password/strength"),
    (Method::PATCH, "/me"),
    (Method::POST, "/me/password"),
    (Method::DELETE, "/me"),
    (Method::POST, "/admin/users"),
    (
        Method::PATCH,
        "/admin/users/00000000-0000-4000-8000-000000000000",
    ),
    (Method::POST, "/admin/invites"),
    (Method::POST, "/admin/clients"),
];

fuzz_target!(|input: &[u8]| {
    let Some((which, body)) = input.split_first() else {
        return;
    };
    let (method, path) = OPERATIONS[usize::from(*which) % OPERATIONS.len()].clone();
    SERVER.ask(&Question {
        method,
        path,
        headers: vec![
            ("authorization", SERVER.authorization.as_bytes()),
            ("content-type", b"application/json"),
        ],
        body,
    });
});

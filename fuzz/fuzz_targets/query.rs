//! No path and no query is too odd to be refused: cursors, filters, times, ids.

#![no_main]

use libfuzzer_sys::fuzz_target;
use poem::http::Method;
use signet_fuzz::server::{Question, SERVER};

const PATHS: [&str; 8] = [
    "/admin/users?",
    "/admin/auth-events?",
    "/admin/auth-events/summary?",
    "/admin/auth-events/export?",
    "/admin/audit-events?",
    "/me/auth-events?",
    "/admin/users/",
    "/",
];

fuzz_target!(|input: &[u8]| {
    let Some((which, rest)) = input.split_first() else {
        return;
    };
    let Ok(rest) = std::str::from_utf8(rest) else {
        return;
    };
    let path = PATHS[usize::from(*which) % PATHS.len()].to_owned() + rest;
    SERVER.ask(&Question {
        method: Method::GET,
        path: &path,
        headers: vec![("authorization", SERVER.authorization.as_bytes())],
        body: b"",
    });
});

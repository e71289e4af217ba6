//! The test servers' witness sees what is not documented.

use std::collections::BTreeSet;

use poem::{Endpoint, IntoResponse, Request, Response, endpoint::make_sync, http::StatusCode};
use serde_json::{Value, json};

use crate::support::{schema, witness::Witness};

fn live() -> Response {
    Response::builder()
        .content_type("application/json; charset=utf-8")
        .body(r#"{"status":"live"}"#)
}

fn teapot() -> Response {
    live().with_status(StatusCode::IM_A_TEAPOT).into_response()
}

/// What a witness notes of this answer to `GET /health/live`.
async fn faults(answer: impl Fn() -> Response + Send + Sync + 'static) -> Vec<String> {
    faults_of("/health/live", answer).await
}

async fn faults_of(
    path: &str,
    answer: impl Fn() -> Response + Send + Sync + 'static,
) -> Vec<String> {
    let witness = Witness::default();
    let server = witness.watch(make_sync(move |_| answer()));
    let request = Request::builder().uri_str(path).finish();
    server.call(request).await.unwrap().into_response();
    let faults = witness.take_faults();
    assert_eq!(witness.answers().len(), 1);
    faults
}

#[tokio::test]
async fn an_answer_as_documented_is_no_fault() {
    assert_eq!(faults(live).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_status_that_is_not_documented_is_a_fault() {
    let expected = ["getLiveness, 418: the status is not documented"];
    assert_eq!(faults(teapot).await, expected);
}

#[tokio::test]
async fn another_content_type_is_a_fault() {
    let plain = || Response::builder().content_type("text/plain").body("live");
    let expected = ["getLiveness, 200: the content type \"text/plain\" is not documented"];
    assert_eq!(faults(plain).await, expected);
}

#[tokio::test]
async fn a_field_that_is_not_documented_is_a_fault() {
    let more = || {
        let mut answer = live();
        answer.set_body(r#"{"status":"live","since":1}"#);
        answer
    };
    let expected = ["getLiveness, 200: the body has the field since, which is not documented"];
    assert_eq!(faults(more).await, expected);
}

fn refusal(code: &str) -> Response {
    let problem = json!({
        "type": "about:blank", "title": "Service Unavailable", "status": 503,
        "code": code, "request_id": "1",
    });
    Response::builder()
        .status(StatusCode::SERVICE_UNAVAILABLE)
        .content_type("application/problem+json")
        .header("Retry-After", "5")
        .body(problem.to_string())
}

#[tokio::test]
async fn a_code_that_is_not_documented_is_a_fault() {
    let expected = ["getKeySet, 503: the code \"tired\" is not documented"];
    let faults = faults_of("/.well-known/jwks.json", || refusal("tired"));
    assert_eq!(faults.await, expected);
}

#[tokio::test]
async fn a_refusal_is_noted_with_its_code() {
    let witness = Witness::default();
    let server = witness.watch(make_sync(|_| refusal("no_signing_key")));
    let request = Request::builder()
        .uri_str("/.well-known/jwks.json")
        .finish();
    server.call(request).await.unwrap();
    let noted = (
        "getKeySet".to_owned(),
        503,
        Some("no_signing_key".to_owned()),
    );
    assert_eq!(witness.answers(), BTreeSet::from([noted]));
}

#[test]
#[should_panic(expected = "not as documented")]
fn a_test_whose_witness_saw_a_fault_fails() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let witness = Witness::default();
        let server = witness.watch(make_sync(|_| teapot()));
        let request = Request::builder().uri_str("/health/live").finish();
        server.call(request).await.unwrap();
    });
}

/// A field, a value of it, and what is wrong with that.
#[test]
fn what_is_not_of_its_schema_is_a_fault() {
    let spec = json!({ "components": { "schemas": { "Color": {
        "type": "string", "description": "A color.", "enum": ["red", "green"],
    } } } });
    let color = json!({ "$ref": "#/components/schemas/Color" });
    for (field, value, fault) in [
        (
            json!({ "type": "string" }),
            json!(1),
            "the body is no string of the documented form",
        ),
        (json!({ "type": "string" }), Value::Null, "the body is null"),
        (
            json!({ "type": "string", "format": "uuid" }),
            json!("x"),
            "the body is no string of the documented form",
        ),
        (
            json!({ "type": "string", "format": "date-time" }),
            json!("today"),
            "the body is no string of the documented form",
        ),
        (
            json!({ "type": "integer" }),
            json!(1.5),
            "the body is no integer of the documented form",
        ),
        (
            json!({ "type": "integer", "maximum": 4.0 }),
            json!(5),
            "the body is out of the documented range",
        ),
        (
            json!({ "type": "array", "items": { "type": "boolean" } }),
            json!([true, 0]),
            "the body[1] is no boolean of the documented form",
        ),
        (
            json!({ "type": "object", "required": ["a"] }),
            json!({}),
            "the body lacks \"a\"",
        ),
        (
            color.clone(),
            json!("blue"),
            "the body is none of the documented values",
        ),
        (
            json!({ "allOf": [color] }),
            json!("blue"),
            "the body is none of the documented values",
        ),
        (
            json!({ "oneOf": [{ "type": "string" }, { "type": "boolean" }] }),
            json!(1),
            "the body is not of exactly one of the documented forms",
        ),
        (
            json!({ "oneOf": [{ "type": "number" }, { "type": "integer" }] }),
            json!(1),
            "the body is not of exactly one of the documented forms",
        ),
    ] {
        assert_eq!(schema::faults(&spec, &field, &value), [fault], "{field}");
    }
    let nullable = json!({ "type": "string", "nullable": true });
    assert!(schema::faults(&spec, &nullable, &Value::Null).is_empty());
}

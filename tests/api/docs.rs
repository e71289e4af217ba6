use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::app::TestApp;

#[tokio::test]
async fn the_openapi_file_is_the_one_that_the_server_serves() {
    let app = TestApp::start().await;
    let response = app.get("/openapi.json").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    let served: Value = response.json().await.unwrap();
    let file = std::fs::read_to_string("openapi/openapi.json").unwrap();
    let file: Value = serde_json::from_str(&file).unwrap();
    assert_eq!(
        served, file,
        "run `cargo run -- openapi > openapi/openapi.json`"
    );
}

async fn spec() -> Value {
    let app = TestApp::start().await;
    let response = app.get("/openapi.json").send().await.unwrap();
    response.json().await.unwrap()
}

/// All operations, each with its path.
fn operations(spec: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let paths = spec["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().unwrap().values();
        operations.map(move |operation| (path, operation))
    })
}

fn says_something(text: &Value) -> bool {
    text.as_str().is_some_and(|text| !text.trim().is_empty())
}

#[tokio::test]
async fn every_operation_has_an_id_of_its_own_a_summary_and_described_answers() {
    let spec = spec().await;
    let mut ids = HashSet::new();
    for (path, operation) in operations(&spec) {
        assert!(says_something(&operation["summary"]), "{path}");
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{id} stands twice");
        let parameters = operation["parameters"].as_array();
        for parameter in parameters.into_iter().flatten() {
            assert!(
                says_something(&parameter["description"]),
                "{id} {parameter}"
            );
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(says_something(&response["description"]), "{id} {status}");
        }
    }
    assert!(ids.contains("authenticate") && ids.contains("rotateKeys"));
}

#[tokio::test]
async fn every_operation_stands_in_one_group_and_every_group_is_described() {
    let spec = spec().await;
    let tags = spec["tags"].as_array().unwrap();
    assert!(tags.iter().all(|tag| says_something(&tag["description"])));
    let names: Vec<_> = tags.iter().map(|tag| &tag["name"]).collect();
    for (path, operation) in operations(&spec) {
        let of = operation["tags"].as_array().unwrap();
        assert!(of.len() == 1 && names.contains(&&of[0]), "{path}");
    }
}

/// What Swagger UI's Authorize needs, and generated clients.
#[tokio::test]
async fn every_operation_that_wants_an_access_token_says_so_with_its_refusals() {
    let spec = spec().await;
    let scheme = &spec["components"]["securitySchemes"]["AccessToken"];
    assert_eq!([&scheme["type"], &scheme["scheme"]], ["http", "bearer"]);
    let mut wanted = 0;
    for (path, operation) in operations(&spec) {
        let own = path.starts_with("/admin/") || path.starts_with("/me");
        if !own && !path.starts_with("/logout") {
            assert!(operation["security"].is_null(), "{path}");
            continue;
        }
        wanted += 1;
        assert_eq!(
            operation["security"],
            json!([{ "AccessToken": [] }]),
            "{path}"
        );
        for status in ["401", "403"] {
            assert!(
                operation["responses"][status].is_object(),
                "{path} {status}"
            );
        }
    }
    assert!(wanted >= 20, "{wanted}");
}

#[tokio::test]
async fn swagger_ui_is_served_whole_and_asks_nothing_of_other_hosts() {
    let app = TestApp::start().await;
    for path in ["/docs", "/docs/"] {
        let response = app.get(path).send().await.unwrap();
        assert!(
            response.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html")
        );
        let html = response.text().await.unwrap();
        assert!(html.contains("SwaggerUIBundle(") && html.contains("\"/auth\""));
        for outside in [
            "src=\"http",
            "href=\"http",
            "src=\"//",
            "@import",
            "url(http",
        ] {
            let head = html.split("<script").next().unwrap();
            assert!(!head.contains(outside), "{outside}");
        }
        assert!(!html.contains("<script src="));
        assert_eq!(html.matches("<link").count(), 1);
        assert!(html.contains(r#"<link rel="icon" href="data:,">"#));
    }
}

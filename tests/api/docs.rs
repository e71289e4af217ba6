use serde_json::Value;

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

#[tokio::test]
async fn every_operation_has_an_id_a_tag_and_a_summary() {
    let app = TestApp::start().await;
    let spec: Value = app
        .get("/openapi.json")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let paths = spec["paths"].as_object().unwrap();
    assert!(paths.contains_key("/auth"));
    let operations = paths
        .values()
        .flat_map(|path| path.as_object().unwrap().values());
    for operation in operations {
        for member in ["operationId", "summary", "tags"] {
            assert!(!operation[member].is_null(), "{member} of {operation}");
        }
    }
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
        assert!(!html.contains("<script src=") && !html.contains("<link"));
    }
}

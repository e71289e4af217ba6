//! Nobody can make up labels.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use super::measured;

#[tokio::test]
async fn strange_paths_and_methods_share_one_label() {
    let app = measured().await;
    let before = app.scrape().await.count();
    let mut grown = None;
    for round in 0..20 {
        for method in ["GET", "POST", "BREW", "PROPFIND"].map(str::to_owned) {
            let strange = format!("{method}{round}");
            for (method, path) in [
                (&strange, format!("/me/{round}")),
                (&strange, "/me".to_owned()),
                (
                    &method,
                    format!("/{round}/../%2e%2e/{round}?{round}={round}"),
                ),
                (&method, format!("/admin/users/{round}/nonsense/{round}")),
                (&method, format!("/{}", "x".repeat(1000 + round))),
                (&method, "/me%00\"}\\".to_owned()),
            ] {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let request = app.client.request(method, app.url(&path));
                request.send().await.unwrap();
            }
        }
        let series = app.scrape().await.count();
        // The first round shows all that there is to come.
        assert_eq!(*grown.get_or_insert(series), series);
    }
    assert!(grown.unwrap() > before);
}

#[tokio::test]
async fn every_route_is_one_of_the_description() {
    let app = measured().await;
    let response = app.get("/openapi.json").send().await.unwrap();
    let spec: Value = response.json().await.unwrap();
    let paths = spec["paths"].as_object().unwrap().keys().cloned();
    let others = ["/docs", "/docs/", "/openapi.json", "unmatched"].map(str::to_owned);
    let known: BTreeSet<_> = paths.chain(others).collect();
    for path in known.iter().filter(|path| path.starts_with('/')) {
        let path = path.replace("{id}", "1").replace("{kid}", "1");
        app.get(&path).send().await.unwrap();
    }
    app.get("/nothing").send().await.unwrap();
    assert_eq!(app.scrape().await.label("route"), known);
}

#[tokio::test]
async fn a_method_of_no_standard_is_other() {
    let app = measured().await;
    for method in ["GET", "OPTIONS", "BREW", "TRACE"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = app.client.request(method, app.url("/health/live"));
        request.send().await.unwrap();
    }
    let methods = app.scrape().await.label("method");
    let expected = ["GET", "OPTIONS", "other"].map(str::to_owned);
    assert_eq!(methods, expected.into());
}

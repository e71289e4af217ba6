use uuid::{Uuid, Version};

use crate::support::app::TestApp;

async fn returned_id(app: &TestApp, sent: Option<&str>) -> String {
    let mut request = app.get("/health/live");
    if let Some(id) = sent {
        request = request.header("x-request-id", id);
    }
    let response = request.send().await.unwrap();
    response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_sane_id_is_taken_over() {
    let app = TestApp::start().await;
    assert_eq!(returned_id(&app, Some("trace-1.a_B")).await, "trace-1.a_B");
}

#[tokio::test]
async fn a_missing_or_odd_id_is_replaced_by_a_uuid() {
    let app = TestApp::start().await;
    for sent in [
        None,
        Some(""),
        Some("a b"),
        Some("<script>"),
        Some(&*"a".repeat(129)),
    ] {
        let id: Uuid = returned_id(&app, sent).await.parse().unwrap();
        assert_eq!(id.get_version(), Some(Version::Random));
    }
}

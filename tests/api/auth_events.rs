//! The auth log over HTTP.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use signet::{
    domain::{
        AuthEvent, AuthEventFilter, AuthEventId, AuthFailure, AuthSummary, Page, PageRequest,
        SummaryInterval, Timestamp,
    },
    ports::{AuthEvents, Clock, StorageError, SummarizeEventsError},
};

use crate::{
    database::auth_log::add,
    support::{
        app::TestApp,
        auth_log::{fail, user},
        description::DESCRIPTION,
        oauth::{Login, sid},
        problem::{SESSION_OVER, assert_invalid_token, assert_problem},
        schema,
    },
};

const PATHS: [&str; 3] = [
    "/admin/auth-events",
    "/admin/auth-events/export",
    "/admin/auth-events/summary",
];

async fn admin(app: &TestApp) -> Login {
    let login = app.ada().await;
    let sql = "UPDATE users SET roles = 'admin' WHERE username = 'ada'";
    app.database.execute(sql).await;
    login
}

async fn get(app: &TestApp, path: &str, token: &str) -> Value {
    let response = app.bearer(Method::GET, path, token).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()["cache-control"], "no-store");
    response.json().await.unwrap()
}

#[tokio::test]
async fn only_who_is_an_admin_now_may_read_the_log() {
    let app = TestApp::start().await;
    let login = admin(&app).await;
    let eve = app.login_of("eve").await;
    let client = app.service_client("billing", "", &[]).await;
    let service = app.client_token(&client).await;
    for path in PATHS {
        let response = app.get(path).send().await.unwrap();
        assert_problem(response, StatusCode::UNAUTHORIZED, "unauthorized").await;
        for (token, code) in [(&eve.access, "not_an_admin"), (&service, "not_a_user")] {
            let response = app.bearer(Method::GET, path, token).await;
            assert_problem(response, StatusCode::FORBIDDEN, code).await;
        }
        let response = app.bearer(Method::GET, path, &login.access).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
    }
    app.database.execute("UPDATE users SET roles = ''").await;
    for path in PATHS {
        let response = app.bearer(Method::GET, path, &login.access).await;
        assert_problem(response, StatusCode::FORBIDDEN, "not_an_admin").await;
    }
}

#[tokio::test]
async fn a_disabled_expired_or_revoked_admin_is_refused() {
    let app = TestApp::start().await;
    let login = admin(&app).await;
    app.set_status("disabled").await;
    for path in PATHS {
        let response = app.bearer(Method::GET, path, &login.access).await;
        assert_invalid_token(response, SESSION_OVER).await;
    }
    app.set_status("active").await;
    app.pass(Duration::from_mins(15)).await;
    for path in PATHS {
        let response = app.bearer(Method::GET, path, &login.access).await;
        assert_invalid_token(response, "the token has expired").await;
    }
    let fresh = app.refreshed(&login.refresh).await;
    app.revoke(&fresh.refresh).await;
    for path in PATHS {
        let response = app.bearer(Method::GET, path, &fresh.access).await;
        assert_invalid_token(response, SESSION_OVER).await;
    }
}

#[tokio::test]
async fn each_filter_narrows_the_list() {
    let app = TestApp::start().await;
    let login = admin(&app).await;
    let now = app.clock.now();
    let log = &*app.ports.auth_log;
    let later = now + Duration::from_mins(1);
    fail(
        log,
        later,
        "203.0.113.9",
        AuthFailure::WrongPassword(user(7)),
    )
    .await;
    let id = user(7);
    for query in [
        format!("user={id}"),
        "address=203.0.113.9".to_owned(),
        "address=203.0.113.0/24".to_owned(),
        "outcome=wrong_password".to_owned(),
        "from=2026-01-01T00:00:30Z".to_owned(),
        format!("user={id}&outcome=wrong_password&address=203.0.113.9&to=2026-01-01T00:01:01Z"),
    ] {
        let path = format!("/admin/auth-events?{query}");
        let found = get(&app, &path, &login.access).await;
        let expected = json!({
            "items": [{
                "id": 2,
                "at": "2026-01-01T00:01:00+00:00",
                "user": id.to_string(),
                "outcome": "wrong_password",
                "address": "203.0.113.9",
                "user_agent": "curl/8",
                "request_id": "request-1",
                "session": null,
                "client": null,
                "kid": null,
                "jti": null,
            }],
            "next_cursor": null,
        });
        assert_eq!(found, expected, "{query}");
    }
    let before = "/admin/auth-events?to=2026-01-01T00:01:00Z";
    let found = get(&app, before, &login.access).await;
    assert_eq!(found["items"][0]["outcome"], "success");
}

#[tokio::test]
async fn a_wrong_parameter_is_named() {
    let app = TestApp::start().await;
    let login = admin(&app).await;
    for (path, parameter) in [
        ("/admin/auth-events?user=ada", "user"),
        ("/admin/auth-events?address=nowhere", "address"),
        ("/admin/auth-events?address=10.0.0.0/33", "address"),
        ("/admin/auth-events?outcome=Success", "outcome"),
        ("/admin/auth-events?from=yesterday", "from"),
        ("/admin/auth-events?to=%2B10000-01-01T00:00:00Z", "to"),
        ("/admin/auth-events?limit=101", "limit"),
        ("/admin/auth-events?cursor=x", "cursor"),
        ("/admin/auth-events/export?address=nowhere", "address"),
        ("/admin/auth-events/export?user=ada", "user"),
        ("/admin/auth-events/summary?bucket=week", "bucket"),
        ("/admin/auth-events/summary?bucket=minute", "bucket"),
        (
            "/admin/auth-events/summary?from=2027-01-01T00:00:00Z",
            "from",
        ),
        ("/admin/auth-events/summary?to=-0001-01-01T00:00:00Z", "to"),
        ("/me/auth-events?limit=0", "limit"),
    ] {
        let response = app.bearer(Method::GET, path, &login.access).await;
        let problem = assert_problem(response, StatusCode::BAD_REQUEST, "invalid_request").await;
        assert_eq!(problem["errors"][0]["field"], parameter, "{path}");
    }
}

#[tokio::test]
async fn users_see_their_own_events_and_nobody_elses() {
    let app = TestApp::start().await;
    let ada = app.ada().await;
    let eve = app.login_of("eve").await;
    app.log_in("ada", "a wrong password").await;
    app.log_in("nobody", "a wrong password").await;
    let own = get(&app, "/me/auth-events?limit=1", &ada.access).await;
    assert_eq!(own["items"][0]["outcome"], "wrong_password");
    let path = format!(
        "/me/auth-events?cursor={}",
        own["next_cursor"].as_str().unwrap()
    );
    let rest = get(&app, &path, &ada.access).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["items"][0]["outcome"], "success");
    assert_eq!(rest["next_cursor"], Value::Null);
    // A place in another one's list leads to none of its events.
    let theirs = get(&app, &path, &eve.access).await;
    assert_eq!(theirs["items"].as_array().unwrap().len(), 1);
    assert_eq!(theirs["items"][0]["session"], sid(&eve.access));
}

#[tokio::test]
async fn a_summary_counts_attempts() {
    let app = TestApp::start().await;
    let login = admin(&app).await;
    app.log_in("ada", "a wrong password").await;
    app.clock.advance(Duration::from_secs(1));
    let summary = get(&app, "/admin/auth-events/summary", &login.access).await;
    assert_eq!(summary["from"], "2025-12-31T00:00:01+00:00");
    assert_eq!(summary["to"], "2026-01-01T00:00:01+00:00");
    assert_eq!(summary["bucket"], "hour");
    assert_eq!(summary["counts"].as_array().unwrap().len(), 25);
    let expected = json!({
        "start": "2026-01-01T00:00:00+00:00",
        "success": 1,
        "wrong_password": 1,
        "unknown_user": 0,
        "disabled": 0,
        "throttled": 0,
        "refresh_reuse": 0,
        "unknown_client": 0,
        "wrong_client_secret": 0,
    });
    assert_eq!(summary["counts"][24], expected);
    let worst = json!([{ "address": "127.0.0.1", "failures": 1 }]);
    assert_eq!(summary["failing_addresses"], worst);
    assert_eq!(summary["failing_users"][0]["failures"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_each_of_50_000_events_once_while_others_arrive() {
    let app = TestApp::start().await;
    add(&app.database, 50_000, "192.0.2.1", user(1), 0).await;
    app.pass(Duration::from_mins(1_000)).await;
    let login = admin(&app).await;
    let path = "/admin/auth-events/export";
    let mut response = app.bearer(Method::GET, path, &login.access).await;
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        text.extend_from_slice(&chunk);
        let failure = AuthFailure::UnknownUser;
        fail(&*app.ports.auth_log, app.clock.now(), "192.0.2.9", failure).await;
    }
    let documented = json!({ "$ref": "#/components/schemas/AuthEvent" });
    let lines = std::str::from_utf8(&text).unwrap().lines();
    let ids = lines.map(|line| {
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!(schema::faults(&DESCRIPTION.0, &documented, &event), [""; 0]);
        event["id"].as_i64().unwrap()
    });
    // The admin's own login is the newest one.
    assert!(ids.eq((1..=50_001).rev()));
}

/// A log that fails when it is asked for the second page, and sums up no more
/// than one event.
struct Failing(Arc<dyn AuthEvents>);

#[async_trait]
impl AuthEvents for Failing {
    async fn list(
        &self,
        filter: &AuthEventFilter,
        page: &PageRequest<AuthEventId>,
    ) -> Result<Page<(AuthEventId, AuthEvent), AuthEventId>, StorageError> {
        if page.after.is_some() {
            return Err(StorageError::unavailable("the disk is gone"));
        }
        self.0.list(filter, page).await
    }

    async fn summarize(
        &self,
        interval: &SummaryInterval,
        _: u64,
    ) -> Result<AuthSummary, SummarizeEventsError> {
        self.0.summarize(interval, 1).await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StorageError> {
        self.0.purge(before, limit).await
    }
}

#[tokio::test]
async fn an_export_that_the_database_fails_is_cut_off() {
    let adapt = |ports: &mut signet::app::Ports| {
        ports.auth_events = Arc::new(Failing(ports.auth_events.clone()));
    };
    let app = TestApp::builder().adapt(adapt).start().await;
    let login = admin(&app).await;
    let path = "/admin/auth-events/export";
    add(&app.database, 150, "192.0.2.1", user(1), 0).await;
    let export = app.get(path).bearer_auth(&login.access).send().await;
    // Whether its beginning arrived before that is up to the connection.
    if let Ok(response) = export {
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.bytes().await.is_err());
    }
    // Whoever asks next is served.
    let live = app.get("/health/live").send().await.unwrap();
    assert_eq!(live.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_summary_of_too_many_events_names_the_time_after_which_they_are_few_enough() {
    let adapt = |ports: &mut signet::app::Ports| {
        ports.auth_events = Arc::new(Failing(ports.auth_events.clone()));
    };
    let app = TestApp::builder().adapt(adapt).start().await;
    let login = admin(&app).await;
    add(&app.database, 3, "192.0.2.1", user(1), 20).await;
    app.pass(Duration::from_secs(50)).await;
    let path = "/admin/auth-events/summary";
    let refused = app.bearer(Method::GET, path, &login.access).await;
    let code = "invalid_request";
    let problem = assert_problem(refused, StatusCode::BAD_REQUEST, code).await;
    let [error] = &problem["errors"].as_array().unwrap()[..] else {
        panic!("{problem}")
    };
    assert_eq!(error["field"], "from");
    let message = error["message"].as_str().unwrap();
    let after = message.split(" only after ").nth(1).unwrap();
    assert_eq!(after, "2026-01-01T00:00:21.000000Z");
    let few = format!("{path}?from=2026-01-01T00:00:21.000001Z");
    let summary = get(&app, &few, &login.access).await;
    assert_eq!(summary["failing_users"][0]["failures"], 1);
}

#[tokio::test]
async fn an_export_that_cannot_begin_is_a_503() {
    let app = TestApp::start().await;
    let login = admin(&app).await;
    app.database
        .execute("ALTER TABLE auth_logs RENAME TO gone")
        .await;
    for path in PATHS {
        let response = app.bearer(Method::GET, path, &login.access).await;
        assert_problem(response, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    }
}

//! Who changed what, as admins read it.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::keys::{AHEAD, in_state, start};
use crate::support::{
    problem::assert_problem,
    site::{Site, assert_fields},
    verifier::part,
};

/// The text under a name of an answer.
async fn text(response: reqwest::Response, name: &str) -> String {
    let body: Value = response.json().await.unwrap();
    body[name].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_event_tells_who_did_what_to_whom_from_where_in_which_request() {
    let site = Site::start().await;
    let ada = site.make("ada", &[]).await;
    let request = site
        .app
        .client
        .patch(site.app.url(&format!("/admin/users/{}", ada.id)));
    let request = request
        .bearer_auth(&site.admin.access)
        .header("x-request-id", "request-7")
        .header("user-agent", "tests/1")
        .json(&json!({ "status": "disabled", "roles": ["editor"] }));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    let mut event = site.events("").await.remove(0);
    assert!(event["id"].take().is_i64());
    let expected = json!({
        "id": null,
        "at": "2026-01-01T00:00:00+00:00",
        "actor": site.admin_id(),
        "action": "user.update",
        "target_kind": "user",
        "target_id": ada.id,
        "address": "127.0.0.1",
        "user_agent": "tests/1",
        "request_id": "request-7",
        "before": { "status": "active", "roles": [] },
        "after": { "status": "disabled", "roles": ["editor"] },
    });
    assert_eq!(event, expected);
}

/// Every act, with the secrets that came back.
#[tokio::test]
async fn every_act_leaves_its_event_and_none_holds_a_secret() {
    let site = start().await;
    site.app.pass(AHEAD).await;
    let ada = site.make("ada", &[]).await;
    let path = format!("/admin/users/{}", ada.id);
    site.change(&ada.id, &json!({ "display_name": "Ada" }))
        .await;
    let reset = site
        .ask(Method::POST, &format!("{path}/password-reset"))
        .await;
    let mut secrets = vec![ada.password, text(reset, "password").await];
    site.app.log_in("ada", &secrets[1]).await;
    site.delete(&format!("{path}/sessions")).await;
    site.delete(&path).await;
    let invite = site.post("/admin/invites", &json!({})).await;
    secrets.push(text(invite, "invite").await);
    let id = &site.column("/admin/invites", "id").await[0];
    site.delete(&format!("/admin/invites/{id}")).await;
    let client = site
        .post("/admin/clients", &json!({ "name": "billing" }))
        .await;
    secrets.push(text(client, "client_secret").await);
    let id = &site.column("/admin/clients", "client_id").await[0];
    site.delete(&format!("/admin/clients/{id}")).await;
    assert_eq!(
        site.ask(Method::POST, "/admin/keys/rotate").await.status(),
        200
    );
    let next = in_state(&site, "next").await;
    site.delete(&format!("/admin/keys/{next}")).await;

    let events = site.events("").await;
    let actions: Vec<_> = events
        .iter()
        .map(|e| e["action"].as_str().unwrap())
        .collect();
    let expected = [
        "key.revoke",
        "key.rotate",
        "client.delete",
        "client.create",
        "invite.delete",
        "invite.create",
        "user.delete",
        "user.end_sessions",
        "user.reset_password",
        "user.update",
        "user.create",
        // The admin's own coming.
        "user.update",
        "user.register",
    ];
    assert_eq!(actions, expected);
    for event in &events[..11] {
        assert_eq!(event["actor"], site.admin_id(), "{event}");
        assert_eq!(event["address"], "127.0.0.1", "{event}");
        assert!(event["request_id"].is_string(), "{event}");
    }
    assert_eq!(events[11]["actor"], "command_line");
    assert_eq!(events[11]["request_id"], Value::Null);
    let log = json!(events).to_string();
    for secret in &secrets {
        assert!(!log.contains(secret.as_str()));
    }
    assert!(!log.contains("$argon2") && !log.contains(&site.admin.refresh));
}

#[tokio::test]
async fn changes_of_keys_tell_which_key_was_what_and_is_what() {
    let site = start().await;
    site.app.pass(AHEAD).await;
    let (active, next) = (
        in_state(&site, "active").await,
        in_state(&site, "next").await,
    );
    site.ask(Method::POST, "/admin/keys/rotate").await;
    let new = in_state(&site, "next").await;
    let event = &site.events(&format!("&target={next}")).await[0];
    assert_eq!(event["target_kind"], "key");
    let before = json!({ "active": active, "next": next, "retired": [] });
    let after = json!({ "active": next, "next": new, "retired": [active] });
    assert_eq!([&event["before"], &event["after"]], [&before, &after]);
}

#[tokio::test]
async fn what_servers_do_to_keys_by_themselves_is_no_ones_act() {
    let site = start().await;
    let before = site.events("").await;
    site.app.pass(Duration::from_hours(24 * 31)).await;
    let retired = "SELECT kid FROM keys WHERE state = 'retired'";
    assert_eq!(site.app.database.rows(retired).await.len(), 1);
    assert!(before.iter().all(|event| event["target_kind"] == "user"));
    let logged = site
        .app
        .database
        .rows("SELECT action FROM audit_events")
        .await;
    assert_eq!(logged.len(), before.len());
}

#[tokio::test]
async fn events_are_found_by_actor_target_action_and_time() {
    let site = Site::start().await;
    let (eve, login) = site.login_of("eve", &["admin"]).await;
    site.app.clock.advance(Duration::from_millis(1500));
    let body = json!({ "name": "billing" });
    let request = site.app.client.post(site.app.url("/admin/clients"));
    request
        .bearer_auth(&login.access)
        .json(&body)
        .send()
        .await
        .unwrap();
    let client = &site.column("/admin/clients", "client_id").await[0];
    let actions = async |query: &str| {
        let events = site.events(query).await.into_iter();
        let actions = events.map(|event| event["action"].as_str().unwrap().to_owned());
        actions.collect::<Vec<_>>()
    };
    let all = [
        "client.create",
        "user.create",
        "user.update",
        "user.register",
    ];
    assert_eq!(actions("").await, all);
    assert_eq!(actions(&format!("&actor={}", eve.id)).await, all[..1]);
    assert_eq!(actions("&actor=command_line").await, all[2..3]);
    assert_eq!(actions(&format!("&target={}", eve.id)).await, all[1..2]);
    assert_eq!(actions(&format!("&target={client}")).await, all[..1]);
    assert_eq!(actions("&target=%25").await, all[..0]);
    assert_eq!(actions("&action=user.update").await, all[2..3]);
    // The first moment counts, the last does not, to the microsecond.
    let second = "2026-01-01T00:00:01";
    for (query, expected) in [
        (format!("&from={second}.5Z"), &all[..1]),
        (format!("&from={second}.500001Z"), &all[..0]),
        (format!("&to={second}.5Z"), &all[1..]),
        (format!("&to={second}.500001Z"), &all[..]),
        ("&from=2026-01-01T00:00:00Z".to_owned(), &all[..]),
        ("&to=2026-01-01T00:00:00Z".to_owned(), &all[..0]),
        ("&from=2026-01-01T01:00:01.5%2B01:00".to_owned(), &all[..1]),
    ] {
        assert_eq!(actions(&query).await, expected, "{query}");
    }
    let token = part(&site.admin.access, 1);
    assert_eq!(
        actions(&format!("&actor={}", token["jti"].as_str().unwrap())).await,
        all[..0]
    );
}

#[tokio::test]
async fn a_filter_of_another_form_is_refused() {
    let site = Site::start().await;
    for (query, field) in [
        ("actor=root", "actor"),
        ("action=user.destroy", "action"),
        ("from=yesterday", "from"),
        ("from=2026-01-01", "from"),
        ("to=1767225600", "to"),
    ] {
        let response = site
            .ask(Method::GET, &format!("/admin/audit-events?{query}"))
            .await;
        assert_fields(response, &[field]).await;
    }
}

#[tokio::test]
async fn an_action_that_there_is_not_is_refused_in_plain_words() {
    let site = Site::start().await;
    let path = "/admin/audit-events?action=user.destroy";
    let refused = site.ask(Method::GET, path).await;
    let problem = assert_problem(refused, StatusCode::BAD_REQUEST, "invalid_request").await;
    let expected = json!([{ "field": "action", "message": "is not an action" }]);
    assert_eq!(problem["errors"], expected);
}

#[tokio::test]
async fn events_come_in_pages_that_hold_the_filter() {
    let site = Site::start().await;
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        ids.insert(0, site.make(name, &[]).await.id);
    }
    let path = "/admin/audit-events?action=user.create";
    let pages = site.pages(path, "target_id", 2).await;
    assert_eq!(pages, [ids[..2].to_vec(), ids[2..].to_vec()]);
}

/// Stored times are compared as texts, in which this one would come first.
#[tokio::test]
async fn times_are_of_years_with_four_digits() {
    let site = Site::start().await;
    for name in ["from", "to"] {
        for time in ["%2B10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"] {
            let path = format!("/admin/audit-events?{name}={time}");
            assert_fields(site.ask(Method::GET, &path).await, &[name]).await;
        }
    }
}

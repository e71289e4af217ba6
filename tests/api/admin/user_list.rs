//! The list of accounts, its filters and its pages.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::site::{Site, assert_fields};

/// Accounts of these names and roles, a second apart, after the admin's.
async fn with_accounts(accounts: &[(&str, &[&str])]) -> Site {
    let site = Site::start().await;
    for (username, roles) in accounts {
        site.app.clock.advance(Duration::from_secs(1));
        site.make(username, roles).await;
    }
    site
}

async fn found(site: &Site, query: &str) -> Vec<String> {
    site.column(&format!("/admin/users?{query}"), "username")
        .await
}

#[tokio::test]
async fn accounts_are_listed_the_latest_registered_first_in_pages() {
    let site = with_accounts(&[("one", &[]), ("two", &[]), ("three", &[])]).await;
    let pages = site.pages("/admin/users", "username", 3).await;
    assert_eq!(pages, [vec!["three", "two", "one"], vec!["root"]]);
    let exact = site.pages("/admin/users", "username", 4).await;
    assert_eq!(exact.len(), 1, "a full last page has no next one");
}

#[tokio::test]
async fn twenty_is_a_page_by_default() {
    let site = Site::start().await;
    for number in 0..20 {
        site.make(&format!("user-{number}"), &[]).await;
    }
    let page = site.read("/admin/users").await;
    assert_eq!(page["items"].as_array().unwrap().len(), 20);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = found(&site, &format!("cursor={cursor}")).await;
    assert_eq!(rest.len(), 1);
}

#[tokio::test]
async fn pages_do_not_shift_while_accounts_come_and_go() {
    let site = with_accounts(&[("one", &[]), ("two", &[]), ("three", &[])]).await;
    let page = site.read("/admin/users?limit=2").await;
    let last = page["items"][1]["id"].as_str().unwrap();
    site.make("four", &[]).await;
    // Even the item that the next page begins after.
    site.delete(&format!("/admin/users/{last}")).await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = found(&site, &format!("cursor={cursor}")).await;
    assert_eq!(next, ["one", "root"]);
}

#[tokio::test]
async fn a_search_finds_names_and_addresses_by_how_they_begin_in_any_case() {
    let site = with_accounts(&[("Ada", &[]), ("ada.l", &[]), ("bada", &[])]).await;
    let body = json!({ "username": "carl", "email": "ADAM@example.com" });
    site.post("/admin/users", &body).await;
    for search in ["ada", "ADA", "aDa"] {
        let names = found(&site, &format!("search={search}")).await;
        assert_eq!(
            names,
            ["carl", "ada.l", "Ada"].map(str::to_owned),
            "{search}"
        );
    }
    assert_eq!(found(&site, "search=ada.l").await, ["ada.l"]);
    assert_eq!(found(&site, "search=bada%40EXAMPLE").await, ["bada"]);
    assert!(found(&site, "search=example").await.is_empty());
}

#[tokio::test]
async fn no_character_of_a_search_is_a_wildcard() {
    let site = with_accounts(&[("a_b", &[]), ("axb", &[])]).await;
    assert_eq!(found(&site, "search=a_").await, ["a_b"]);
    for search in [
        "%25",
        "a%25",
        "_",
        "*",
        "a%2A",
        "%5B",
        "%5C",
        "%27%20OR%201=1",
        "%00",
    ] {
        assert!(
            found(&site, &format!("search={search}")).await.is_empty(),
            "{search}"
        );
    }
    let response = site.ask(Method::GET, "/admin/users?search=").await;
    assert_fields(response, &["search"]).await;
}

#[tokio::test]
async fn addresses_beyond_ascii_are_found_in_any_case_too() {
    let site = Site::start().await;
    let body = json!({ "username": "zoe", "email": "Zoë@example.com" });
    let made = site.post("/admin/users", &body).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    // zoë and ZOË.
    for search in ["zo%C3%AB", "ZO%C3%8B", "Zo%C3%AB%40ex"] {
        assert_eq!(
            found(&site, &format!("search={search}")).await,
            ["zoe"],
            "{search}"
        );
    }
    assert!(found(&site, "search=%F4%8F%BF%BF").await.is_empty());
}

#[tokio::test]
async fn filters_of_role_and_status_hold_on_every_page() {
    let accounts: [(&str, &[&str]); 6] = [
        ("one", &["editor"]),
        ("two", &["editors"]),
        ("three", &["a", "editor", "z"]),
        ("four", &[]),
        ("five", &["editor"]),
        ("six", &["Editor"]),
    ];
    let site = with_accounts(&accounts).await;
    let pages = site.pages("/admin/users?role=editor", "username", 2).await;
    assert_eq!(pages, [vec!["five", "three"], vec!["one"]]);
    let five = &site.read("/admin/users?search=five").await["items"][0]["id"];
    site.change(five.as_str().unwrap(), &json!({ "status": "disabled" }))
        .await;
    assert_eq!(found(&site, "status=disabled").await, ["five"]);
    assert_eq!(
        found(&site, "status=active&role=editor").await,
        ["three", "one"]
    );
    assert_eq!(
        found(&site, "status=active&role=editor&search=O").await,
        ["one"]
    );
    for (query, field) in [
        ("role=a%20b", "role"),
        ("role=", "role"),
        ("status=gone", "status"),
    ] {
        let response = site
            .ask(Method::GET, &format!("/admin/users?{query}"))
            .await;
        assert_fields(response, &[field]).await;
    }
}
